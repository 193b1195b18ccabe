#!/usr/bin/env python3
"""Checks of a firmware image from outside, in the emulator.

    live.py ports    stm32|gd32 IMAGE    RS232, RS485 and the parallel port answer PACE requests, all at once; until somebody
                                         asks, RS232 sends its lines each second
    live.py watchdog stm32|gd32 IMAGE    the registers of the watchdog are written in the order of the manual
    live.py crash    stm32|gd32 IMAGE    the report on RS232 tells about a crash
    live.py emulate  stm32|gd32 IMAGE    tools/emulate.sh gives working terminals, ends in time and leaves nothing behind
    live.py real     stm32|gd32 IMAGE    an image for a real board: budgets, nothing of the emulator in it, it says what is
                                         not fitted, and writes the registers of its flash in the order of the manual
    live.py install  stm32|gd32 IMAGE    a project that finds the installed package builds the same firmware, and it runs

Exit status 0, or 1 with one line for what is wrong.
"""
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
MACHINE = {"stm32": "netduinoplus2", "gd32": "netduino2"}
ROUNDS = 25
DEADLINE_S = 20
REPEATS = 2  # requests that a busy host may lose: the emulated chip runs in real time
FLASH_MAX, RAM_MAX = 90 * 1024, 17 * 1024
# Of the emulated pack at rest, address 2: 16 cells of 3299 mV, 25.0 (4), 28.0 and 26.0 degC, 0 A, 52.784 V, 50 of 100 Ah, no
# cycles, design 100 Ah.
REQUESTS = (
    ("~250246900000FDA4", "~25024600E00201FD35"),
    ("~25024642E00202FD2E", "~25024600F07A000210" + "0CE3" * 16 + "06" + "0BA4" * 4 + "0BC20BAE" + "0000CE30" + "138803271000002710E295"),
)


def fail(text):
    print(f"FAIL: {text}")
    sys.exit(1)


def connect(path):
    """A client of a socket that the emulator is about to open."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(str(path))
            client.settimeout(0.2)
            return client
        except OSError:
            client.close()
            time.sleep(0.02)
    fail(f"{path.name}: the emulator opens no socket")


def receive(client, enough, seconds):
    """Bytes until `enough(bytes)` or the time is over."""
    data, end = b"", time.monotonic() + seconds
    while time.monotonic() < end and not enough(data):
        try:
            data += client.recv(4096)
        except socket.timeout:
            pass
    return data


class Reader(threading.Thread):
    """Lines of RS232 with the time of their arrival."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self.client, self.lines, self.ended = client, [], False
        self.start()

    def end(self):
        self.ended = True
        self.join()

    def run(self):
        rest = b""
        while not self.ended:
            try:
                data = self.client.recv(4096)
            except socket.timeout:
                continue
            except OSError:
                return
            if not data:
                return
            *whole, rest = (rest + data).split(b"\r\n")
            self.lines += [(time.monotonic(), line.decode()) for line in whole]


def frame_of(data):
    """The last whole frame in what came, without the carriage return."""
    frames = re.findall(rb"~[0-9A-F]+(?=\r)", data)
    return frames[-1].decode() if frames else ""


def ask(client, request, seconds=2):
    client.sendall(request.encode() + b"\r")
    return frame_of(receive(client, lambda data: b"~" in data and data.endswith(b"\r"), seconds))


def ask_port(name, client, results):
    """Requests one after the other; each must be answered before the next is sent. A few may be sent again."""
    repeats = 0
    for number in range(ROUNDS):
        for request, wanted in REQUESTS:
            end = time.monotonic() + DEADLINE_S
            reply = ask(client, request)
            while reply != wanted and repeats < REPEATS and time.monotonic() < end:
                repeats += 1
                reply = ask(client, request)
            if reply != wanted:
                results[name] = f"{name}: {request} of round {number} is answered by {reply!r}"
                return
    results[name] = None


def check_silence(name, client):
    """What is not for this pack, or damaged, is not answered on a bus."""
    for request in ("~250346900000FDA3", "~250246900000FDA5"):
        reply = ask(client, request, 0.3)
        if reply != "":
            fail(f"{name}: {request} is answered by {reply!r}")


def ports(chip, image):
    with tempfile.TemporaryDirectory() as folder:
        sockets = {name: pathlib.Path(folder) / name for name in ("rs485", "parallel", "rs232")}
        command = ["qemu-system-arm", "-M", MACHINE[chip], "-kernel", image, "-display", "none", "-monitor", "none",
                   "-serial", "null"]
        for name, path in sockets.items():
            command += ["-chardev", f"socket,id={name},path={path},server=on,wait=off", "-serial", f"chardev:{name}"]
        command += ["-semihosting-config", "enable=on,target=native,arg=image,arg=live,arg=dip=2", "-S", "-qmp",
                    f"unix:{folder}/qmp,server=on,wait=off"]
        emulator = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            clients = {name: connect(path) for name, path in sockets.items()}
            control = connect(pathlib.Path(folder) / "qmp")
            control.sendall(b'{"execute":"qmp_capabilities"}{"execute":"cont"}')
            report = Reader(clients["rs232"])
            time.sleep(4.5)
            report.end()
            check_report(report.lines)
            results = {}
            threads = [threading.Thread(target=ask_port, args=(name, clients[name], results), daemon=True)
                       for name in sockets]
            start = time.monotonic()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(DEADLINE_S)
            seconds = time.monotonic() - start
            for name in ("rs485", "parallel"):
                check_silence(name, clients[name])
            lines = receive(clients["rs232"], lambda data: len(data) > 0, 1.5)
        finally:
            emulator.kill()
            emulator.wait()
    for name in sockets:
        if results.get(name, "no result") is not None:
            fail(results.get(name, f"{name}: no result"))
    if lines:
        fail(f"rs232: lines though somebody uses the port: {lines!r}")
    print(f"PASS: {ROUNDS} rounds of {len(REQUESTS)} requests each in {seconds:.2f} s, {len(report.lines)} lines of report")


def check_report(lines):
    """The lines of the start, then one each second: also a check of the time base against the wall clock."""
    texts = [text for _, text in lines]
    for index, begin in enumerate(("losun_bms ", "start: power-on", "clock: ", "wiring: done", "not fitted: can display", "memory: done, event records: 0")):
        if len(texts) <= index or not texts[index].startswith(begin):
            fail(f"report line {index}: {texts[index:index + 1]} instead of {begin!r}")
    shown = [(moment, float(re.match(r"t=(\d+\.\d{3}) mode=", text)[1])) for moment, text in lines[6:]]
    if len(shown) < 4:
        fail(f"only {len(shown)} lines of state")
    offsets = [moment - seconds for moment, seconds in shown[1:]]  # the first ones come late, after those of the start
    if max(offsets) - min(offsets) > 0.25:
        fail(f"the image's seconds are not those of the host: {shown}")


def run_image(chip, image, mode, *options):
    command = [str(ROOT / "tools" / "run_image.sh"), chip, "--count", *options, image, mode]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        fail(f"{mode}: exit status {result.returncode}: {result.stdout}")


def watchdog(chip, image):
    """Start, unlock, prescaler, reload, feed, and from then on only feeding. gd32: the emulator logs no values there."""
    with tempfile.TemporaryDirectory() as folder:
        log = f"{folder}/log"
        run_image(chip, image, "hang", "--log", log)
        text = pathlib.Path(log).read_text(errors="replace")
    if chip == "stm32":  # what the emulator calls I2S2ext there is the watchdog's place
        found = re.findall(r"I2S2ext: unimplemented device write \(size 4, offset (0x\w+), value (0x\w+)\)", text)
        writes = [(int(offset, 16), int(value, 16)) for offset, value in found]
        begin = [(0, 0xCCCC), (0, 0x5555), (4, 3), (8, 3999), (0, 0xAAAA)]
    else:
        found = re.findall(r"Invalid write at addr (0x4000300\w), size 4", text)
        writes = [(int(address, 16) & 0xF, None) for address in found]
        begin = [(offset, None) for offset in (0, 0, 4, 8, 0)]
    if writes[:5] != begin:
        fail(f"the watchdog is started by {writes[:5]}")
    feed = (0, 0xAAAA if chip == "stm32" else None)
    # the mode hangs once, so there are two starts; what lies between them is feeding
    second = next((i for i in range(5, len(writes)) if writes[i:i + 4] == begin[:4]), None)
    if second is None:
        fail("no second start after the hang")
    fed = writes[5:second] + writes[second + 5:]
    if any(write != feed for write in fed) or not 10 < second - 5 < 400:
        fail(f"between the starts {second - 5} writes, of these no feeding: {[w for w in fed if w != feed][:5]}")
    print(f"PASS: started twice, fed {second - 5} times before the hang and {len(writes) - second - 5} times after it")


def crash(chip, image):
    with tempfile.TemporaryDirectory() as folder:
        output = f"{folder}/rs232"
        run_image(chip, image, "crash", "--rs232", output)
        text = pathlib.Path(output).read_text(errors="replace")
    lines = [line for line in text.splitlines() if line.startswith("start: ")]
    if not lines or lines[0] != "start: power-on" or \
            not re.fullmatch(r"start: crash, exception 6 pc 0x08\w{6} lr 0x08\w{6} cfsr 0x00010000 address 0x00000000",
                             lines[-1]):
        fail(f"reported {lines}")
    print(f"PASS: {lines[-1]}")


def wait_for(condition, what, seconds=DEADLINE_S):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            fail(what)
        time.sleep(0.05)


def emulate(chip, _image):
    with tempfile.TemporaryDirectory() as folder:
        links = {name: pathlib.Path(folder) / name for name in ("rs232", "rs485")}
        command = [str(ROOT / "tools" / "emulate.sh"), chip]
        for name, link in links.items():
            command += [f"--{name}", f"pty:{link}"]
        script = subprocess.Popen(command + ["--duration", "30"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        wait_for(lambda: all(link.exists() for link in links.values()) or script.poll() is not None, "no links")
        terminal = os.open(links["rs232"], os.O_RDWR | os.O_NOCTTY)
        data, end = b"", time.monotonic() + 5
        while b" mode=" not in data and time.monotonic() < end:
            data += os.read(terminal, 4096)
        os.close(terminal)
        if b" mode=" not in data:
            fail(f"RS232 sends {data!r}")
        script.send_signal(signal.SIGTERM)
        output, _ = script.communicate(timeout=DEADLINE_S)
        process = int(re.search(r"process (\d+)", output)[1])
        wait_for(lambda: not pathlib.Path(f"/proc/{process}").exists(), f"process {process} lives on", 5)
        if script.returncode != 143 or any(link.is_symlink() for link in links.values()):
            fail(f"after SIGTERM: status {script.returncode}, {list(pathlib.Path(folder).iterdir())}")
        start = time.monotonic()
        result = subprocess.run([str(ROOT / "tools" / "emulate.sh"), chip, "--duration", "4"], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        seconds = time.monotonic() - start
        if result.returncode != 0 or "start: power-on" not in result.stdout or seconds > 60:
            fail(f"--duration 4: status {result.returncode} after {seconds:.1f} s: {result.stdout}")
    print("PASS: terminals, report, clean end by signal and by time")


def sections(image):
    """(flash, RAM with stack) in bytes."""
    text, data, bss = subprocess.run(["arm-none-eabi-size", image], check=True, stdout=subprocess.PIPE,
                                     text=True).stdout.splitlines()[1].split()[:3]
    return int(text) + int(data), int(data) + int(bss)


def check_flash_registers(log):
    """The first erase: both keys, old flags cleared, sector 1, start, lock. The emulator has neither flash nor its registers."""
    found = re.findall(r"Flash Int: unimplemented device write \(size 4, offset (0x\w+), value (0x\w+)\)", log)
    writes = [(int(offset, 16), int(value, 16)) for offset, value in found]
    wanted = [(0x04, 0x45670123), (0x04, 0xCDEF89AB), (0x0C, 0xF3), (0x10, 0x20A), (0x10, 0x1020A), (0x10, 0x80000000)]
    if writes[:6] != wanted:
        fail(f"the flash is erased by {writes[:6]}")


def real(chip, image):
    flash, ram = sections(image)
    if flash > FLASH_MAX or ram > RAM_MAX:
        fail(f"{flash} bytes of flash, {ram} bytes of RAM")
    symbols = subprocess.run(["arm-none-eabi-nm", image], check=True, stdout=subprocess.PIPE, text=True).stdout
    code = subprocess.run(["arm-none-eabi-objdump", "-d", image], check=True, stdout=subprocess.PIPE, text=True).stdout
    if re.search(r" (emu_|lbms_semihosting)", symbols) or re.search(r"\tbkpt\t", code):
        fail("parts of the emulator are linked")
    with tempfile.TemporaryDirectory() as folder:
        # No front end, no switches: it must keep running all the same. The emulated core is faster than the clock that the
        # image finds, so its seconds are short.
        command = ["timeout", "3", "qemu-system-arm", "-M", MACHINE[chip], "-kernel", image, "-display", "none", "-monitor",
                   "none"] + ["-serial", "null"] * 3 + ["-serial", f"file:{folder}/rs232", "-d", "unimp", "-D",
                                                        f"{folder}/log"]
        subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        lines = pathlib.Path(f"{folder}/rs232").read_text(errors="replace").splitlines()
        log = pathlib.Path(f"{folder}/log").read_text(errors="replace")
    if chip == "stm32":
        check_flash_registers(log)
    starts = [line for line in lines if line.startswith("start: ")]
    missing = "not fitted: sample switches afe_configure balance wall can display sleep"
    states = [line for line in lines if line.startswith("t=")]
    if starts != ["start: power-on"] or missing not in lines or len(states) < 5 or " mode=FAULT closed=---" not in states[-1]:
        fail(f"a board without drivers reports {lines[:6]} ... {lines[-1:]}")
    print(f"PASS: {flash} bytes of flash, {ram} bytes of RAM, {missing}")


def install(chip, _image):
    chip_name, cpu = {"stm32": ("stm32f4", "cortex-m4"), "gd32": ("gd32f30x", "cortex-m3")}[chip]
    with tempfile.TemporaryDirectory() as folder:
        toolchain = f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/cmake/{cpu}.cmake"
        for command in (["--install", str(ROOT / "build" / chip), "--prefix", f"{folder}/prefix"],
                        ["-S", str(ROOT / "tests/support/target/installed"), "-B", f"{folder}/build", "-G", "Ninja", toolchain,
                         "-DCMAKE_BUILD_TYPE=MinSizeRel", f"-DEXAMPLES={ROOT}/examples", f"-DCHIP={chip_name}",
                         f"-DWIRING=firmware_{chip}", f"-Dlosun_bms_DIR={folder}/prefix/lib/cmake/losun_bms"],
                        ["--build", f"{folder}/build"]):
            result = subprocess.run(["cmake"] + command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if result.returncode != 0:
                fail(result.stdout)
        run_image(chip, f"{folder}/build/firmware.elf", "bench")
    print("PASS: built on the installed package")


def main():
    checks = {"ports": ports, "watchdog": watchdog, "crash": crash, "emulate": emulate, "real": real, "install": install}
    if len(sys.argv) != 4 or sys.argv[1] not in checks or sys.argv[2] not in MACHINE:
        sys.exit(__doc__)
    checks[sys.argv[1]](sys.argv[2], sys.argv[3])


if __name__ == "__main__":
    main()

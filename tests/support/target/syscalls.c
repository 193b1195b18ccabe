/* System calls that the C library asks for when a test formats text. There is no file and no other process. */
#include <stddef.h>

#include "losun_bms_port/cortex_m/semihosting.h"

void _exit(int status);
int _close(int file);
int _fstat(int file, void *status);
int _getpid(void);
int _isatty(int file);
int _kill(int process, int number);
long _lseek(int file, long offset, int from);
int _read(int file, void *data, size_t size);
int _write(int file, const void *data, size_t size);

void _exit(int status)
{
    lbms_semihosting_exit(status);
    for (;;) {
    }
}

int _close(int file)
{
    (void)file;
    return -1;
}

int _fstat(int file, void *status)
{
    (void)file;
    (void)status;
    return -1;
}

int _getpid(void)
{
    return 1;
}

int _isatty(int file)
{
    (void)file;
    return 0;
}

int _kill(int process, int number)
{
    (void)process;
    (void)number;
    return -1;
}

long _lseek(int file, long offset, int from)
{
    (void)file;
    (void)offset;
    (void)from;
    return -1;
}

int _read(int file, void *data, size_t size)
{
    (void)file;
    (void)data;
    (void)size;
    return -1;
}

int _write(int file, const void *data, size_t size)
{
    (void)file;
    (void)data;
    (void)size;
    return -1;
}

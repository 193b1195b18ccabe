#include "support/command.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"

#define LINE_SIZE 4096

struct command_result ran;

/* Variables of a command line. */
static const struct {
    const char *name, *base, *rest;
} paths[] = {
    {"VP", "LBMS_BINARY_DIR", "examples/virtual_pack/virtual_pack"},
    {"REPLAY", "LBMS_BINARY_DIR", "examples/replay/losun_replay"},
    {"SOC_EVAL", "LBMS_BINARY_DIR", "examples/soc_eval/soc_eval"},
    {"SOC_BENCH", "LBMS_BINARY_DIR", "examples/soc_bench/soc_bench"},
    {"PROFILES", "LBMS_SOURCE_DIR", "examples/profiles"},
    {"RECORDS", "LBMS_SOURCE_DIR", "examples/soc_bench/records"},
    {"FIT_CELL", "LBMS_SOURCE_DIR", "tools/fit_cell.py"},
};

static char folder[64];
static pid_t folder_owner;

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

static void remove_folder(void)
{
    if (folder_owner == getpid()) {
        (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    }
}

static void set_path(const char *variable, const char *base, const char *rest)
{
    const char *start = getenv(base);
    char path[LINE_SIZE];

    ck_assert_ptr_nonnull(start);
    (void)snprintf(path, sizeof(path), "%s/%s", start, rest);
    ck_assert_int_eq(setenv(variable, path, 1), 0);
}

/* Each test is a process, and has a folder of its own. */
static void prepare(void)
{
    size_t i;

    if (folder_owner == getpid()) {
        return;
    }
    strcpy(folder, "/tmp/lbms_test_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    folder_owner = getpid();
    ck_assert_int_eq(atexit(remove_folder), 0);
    ck_assert_int_eq(chdir(folder), 0);
    for (i = 0u; i < sizeof(paths) / sizeof(paths[0]); i++) {
        set_path(paths[i].name, paths[i].base, paths[i].rest);
    }
}

static void load(const char *name, char *text)
{
    text[file_read(name, text, COMMAND_OUTPUT_SIZE - 1u)] = '\0';
}

void command(const char *format, ...)
{
    char line[LINE_SIZE] = "{ ";
    const size_t start = strlen(line);
    size_t used;
    va_list arguments;
    int status;

    prepare();
    va_start(arguments, format);
    (void)vsnprintf(line + start, sizeof(line) - start, format, arguments);
    va_end(arguments);
    used = strlen(line);
    (void)snprintf(line + used, sizeof(line) - used, "\n} </dev/null >.out 2>.err");
    status = system(line);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    load(".out", ran.out);
    load(".err", ran.err);
}

bool says(const char *text, const char *what)
{
    if (strstr(text, what) == NULL) {
        printf("expected '%s' in:\n%.2000s\n", what, text);
        return false;
    }
    return true;
}

unsigned lines(const char *text)
{
    unsigned count = 0;

    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

const char *last_line(const char *text)
{
    static char line[512];
    size_t end = strlen(text);
    size_t begin;

    while (end > 0 && text[end - 1] == '\n') {
        end--;
    }
    for (begin = end; begin > 0 && text[begin - 1] != '\n';) {
        begin--;
    }
    (void)snprintf(line, sizeof(line), "%.*s", (int)(end - begin), text + begin);
    return line;
}

size_t file_read(const char *name, void *data, size_t size)
{
    FILE *file;
    size_t count;

    prepare();
    file = fopen(name, "rb");
    ck_assert_msg(file != NULL, "%s cannot be read", name);
    count = fread(data, 1, size, file);
    (void)fclose(file);
    return count;
}

void file_write(const char *name, const void *data, size_t size)
{
    FILE *file;

    prepare();
    file = fopen(name, "wb");
    ck_assert_msg(file != NULL, "%s cannot be written", name);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

bool file_exists(const char *name)
{
    prepare();
    return access(name, F_OK) == 0;
}

const char *program(const char *variable)
{
    prepare();
    return getenv(variable);
}

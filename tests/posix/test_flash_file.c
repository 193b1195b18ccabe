#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "losun_bms_port/posix_flash.h"
#include "scratch.h"
#include "support/suite.h"

static int open_flash(struct lbms_posix_flash *flash, const char *path)
{
    const struct lbms_posix_flash_options options = {
        .path = path, .block_size = 1024u, .block_count = 2u, .program_unit = 8u, .sync = true};

    return lbms_posix_flash_open(flash, &options);
}

static int program(struct lbms_posix_flash *flash, uint32_t address, const char *bytes, size_t length)
{
    return flash->flash.program(flash->flash.ctx, address, bytes, length);
}

static void expect(struct lbms_posix_flash *flash, uint32_t address, const char *bytes, size_t length)
{
    char got[64];

    ck_assert_int_eq(flash->flash.read(flash->flash.ctx, address, got, length), LBMS_OK);
    ck_assert_mem_eq(got, bytes, length);
}

static void expect_report(struct lbms_posix_flash *flash, const char *part)
{
    const char *text = lbms_posix_flash_report(flash);

    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, part) != NULL, "'%s' is not in '%s'", part, text);
}

START_TEST(a_new_file_is_erased_and_holds_the_bytes_of_the_area)
{
    const char *path = scratch_path("pack.nvm");
    struct lbms_posix_flash flash;
    uint8_t bytes[4096];
    int i;

    ck_assert_int_eq(open_flash(&flash, path), LBMS_OK);
    ck_assert_int_eq(scratch_read(path, bytes, sizeof(bytes)), 2048);
    for (i = 0; i < 2048; i++) {
        ck_assert_uint_eq(bytes[i], 0xFFu);
    }
    ck_assert_int_eq(program(&flash, 1024u, "12345678", 8u), LBMS_OK);
    ck_assert_int_eq(scratch_read(path, bytes, sizeof(bytes)), 2048); /* at once, not only at close */
    ck_assert_mem_eq(&bytes[1024], "12345678", 8u);
    ck_assert_int_eq(flash.flash.erase(flash.flash.ctx, 1u), LBMS_OK);
    ck_assert_int_eq(scratch_read(path, bytes, sizeof(bytes)), 2048);
    ck_assert_uint_eq(bytes[1024], 0xFFu);
    ck_assert_ptr_null(lbms_posix_flash_report(&flash));
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(content_and_rules_survive_a_restart)
{
    const char *path = scratch_path("pack.nvm");
    struct lbms_posix_flash flash;

    ck_assert_int_eq(open_flash(&flash, path), LBMS_OK);
    ck_assert_int_eq(program(&flash, 8u, "12345678", 8u), LBMS_OK);
    lbms_posix_flash_close(&flash);
    ck_assert_int_eq(open_flash(&flash, path), LBMS_OK);
    expect(&flash, 8u, "12345678", 8u);
    ck_assert_int_eq(program(&flash, 8u, "12345678", 8u), LBMS_ERR_STATE); /* still programmed */
    ck_assert_int_eq(program(&flash, 16u, "abcdefgh", 8u), LBMS_OK);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(a_power_cut_leaves_its_damage_in_the_file)
{
    const char *path = scratch_path("pack.nvm");
    struct lbms_posix_flash flash;
    uint8_t bytes[2048], image[2048];

    ck_assert_int_eq(open_flash(&flash, path), LBMS_OK);
    lbms_posix_flash_cut(&flash, 1u, 3u);
    ck_assert_int_eq(program(&flash, 0u, "1234567812345678", 16u), LBMS_ERR_IO);
    memcpy(image, flash.image, sizeof(image));
    lbms_posix_flash_close(&flash);
    ck_assert_int_eq(scratch_read(path, bytes, sizeof(bytes)), 2048);
    ck_assert_mem_eq(bytes, "12345678", 8u);
    ck_assert_mem_ne(&bytes[8], "12345678", 8u);
    ck_assert_mem_eq(bytes, image, sizeof(bytes));
    ck_assert_int_eq(open_flash(&flash, path), LBMS_OK); /* powered again */
    ck_assert_int_eq(lbms_posix_flash_flip(&flash, 100u, 0u), LBMS_OK);
    ck_assert_int_eq(scratch_read(path, bytes, sizeof(bytes)), 2048);
    ck_assert_uint_eq(bytes[100], 0xFEu);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(a_file_of_another_size_is_left_alone)
{
    const char *path = scratch_path("notes.txt");
    struct lbms_posix_flash flash;
    char content[32];

    scratch_write(path, "not a flash", 11u);
    ck_assert_int_eq(open_flash(&flash, path), LBMS_ERR_FORMAT);
    expect_report(&flash, "notes.txt: has 11 bytes instead of 2048");
    lbms_posix_flash_close(&flash);
    ck_assert_int_eq(scratch_read(path, content, sizeof(content)), 11);
    ck_assert_mem_eq(content, "not a flash", 11u);
}
END_TEST

START_TEST(an_empty_file_is_a_new_one)
{
    const char *path = scratch_path("empty");
    struct lbms_posix_flash flash;

    scratch_write(path, "", 0u);
    ck_assert_int_eq(open_flash(&flash, path), LBMS_OK);
    expect(&flash, 0u, "\xFF", 1u);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(paths_that_cannot_be_used_are_named)
{
    struct lbms_posix_flash flash;
    char too_long[400];

    ck_assert_int_eq(open_flash(&flash, "/no/such/folder/pack.nvm"), LBMS_ERR_IO);
    expect_report(&flash, "/no/such/folder/pack.nvm: cannot be opened: No such file or directory");
    ck_assert_int_eq(open_flash(&flash, "/dev/full"), LBMS_ERR_IO);
    expect_report(&flash, "/dev/full: is no regular file");
    ck_assert_int_eq(open_flash(&flash, "/tmp"), LBMS_ERR_IO);
    expect_report(&flash, "/tmp: cannot be opened: Is a directory");
    ck_assert_int_eq(open_flash(&flash, ""), LBMS_ERR_ARGUMENT);
    expect_report(&flash, "name of the file is missing");
    memset(too_long, 'x', sizeof(too_long));
    too_long[sizeof(too_long) - 1u] = '\0';
    ck_assert_int_eq(open_flash(&flash, too_long), LBMS_ERR_ARGUMENT);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(one_file_serves_one_program)
{
    const char *path = scratch_path("pack.nvm");
    struct lbms_posix_flash flash, second;
    int status = 0;
    pid_t child;

    ck_assert_int_eq(open_flash(&flash, path), LBMS_OK);
    child = fork();
    if (child == 0) {
        status = open_flash(&second, path);
        _exit((status == LBMS_ERR_STATE && strstr(second.error, "in use by another program") != NULL) ? 0
                                                                                                      : 1);
    }
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_eq(program(&flash, 0u, "12345678", 8u), LBMS_OK);
    lbms_posix_flash_close(&flash);
}
END_TEST

/* The limit on the size of a file stands for a full disk. */
static void limit_files(rlim_t size)
{
    const struct rlimit limit = {size, RLIM_INFINITY};

    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_at_the_start_leaves_no_half_file)
{
    const char *fresh = scratch_path("fresh");
    const char *empty = scratch_path("empty");
    struct lbms_posix_flash flash;
    struct stat facts;

    scratch_write(empty, "", 0u);
    limit_files(1000u);
    ck_assert_int_eq(open_flash(&flash, fresh), LBMS_ERR_IO);
    expect_report(&flash, "fresh: cannot be written: File too large");
    ck_assert_int_ne(access(fresh, F_OK), 0);
    ck_assert_int_eq(open_flash(&flash, empty), LBMS_ERR_IO);
    ck_assert_int_eq(stat(empty, &facts), 0);
    ck_assert_int_eq((int)facts.st_size, 0);
    limit_files(RLIM_INFINITY);
    ck_assert_int_eq(open_flash(&flash, fresh), LBMS_OK);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(a_full_disk_later_is_an_error_and_the_image_shows_the_file)
{
    const char *path = scratch_path("pack.nvm");
    struct lbms_posix_flash flash;
    uint8_t bytes[2048];

    ck_assert_int_eq(open_flash(&flash, path), LBMS_OK);
    limit_files(1004u);
    ck_assert_int_eq(program(&flash, 1000u, "12345678", 8u), LBMS_ERR_IO);
    expect_report(&flash, "pack.nvm: cannot be written");
    limit_files(RLIM_INFINITY);
    ck_assert_int_eq(scratch_read(path, bytes, sizeof(bytes)), 2048);
    ck_assert_mem_eq(bytes, flash.image, sizeof(bytes));
    ck_assert_int_eq(program(&flash, 1000u, "12345678", 8u), LBMS_ERR_STATE); /* begun: not again */
    ck_assert_int_eq(program(&flash, 1008u, "12345678", 8u), LBMS_OK);
    lbms_posix_flash_close(&flash);
}
END_TEST

SUITE("posix/flash_file", CASE("", a_new_file_is_erased_and_holds_the_bytes_of_the_area),
      CASE("", content_and_rules_survive_a_restart), CASE("", a_power_cut_leaves_its_damage_in_the_file),
      CASE("", a_file_of_another_size_is_left_alone), CASE("", an_empty_file_is_a_new_one),
      CASE("", paths_that_cannot_be_used_are_named), CASE("", one_file_serves_one_program),
      CASE("", a_full_disk_at_the_start_leaves_no_half_file),
      CASE("", a_full_disk_later_is_an_error_and_the_image_shows_the_file))

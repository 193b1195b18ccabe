/* --show-leds prints the truth tables of docs/requirements.md, row by row and word by word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/command.h"
#include "support/suite.h"

#define ROWS_MAX 64
#define WORDS    8
#define PAGE_MAX (512 * 1024)

struct row {
    char word[WORDS][4];
};

/* The last eight words of a line; they are destroyed. */
static void take_words(char *text, const char *separators, struct row *row)
{
    char *all[32];
    size_t count = 0;
    char *word;
    char *rest = text;

    while ((word = strtok_r(rest, separators, &rest)) != NULL && count < 32) {
        all[count++] = word;
    }
    ck_assert_uint_ge(count, WORDS);
    for (size_t i = 0; i < WORDS; i++) {
        (void)snprintf(row->word[i], sizeof(row->word[i]), "%.3s", all[count - WORDS + i]);
    }
}

/* The rows of a table of the page; its cells: "–" off, ON, F1, F2, F3. */
static size_t documented(unsigned profile, struct row rows[ROWS_MAX])
{
    static char page[PAGE_MAX];
    char path[1024];
    char heading[64];
    size_t count = 0;
    char *line;
    char *rest;

    (void)snprintf(path, sizeof(path), "%s/docs/requirements.md", getenv("LBMS_SOURCE_DIR"));
    page[file_read(path, page, sizeof(page) - 1)] = '\0';
    (void)snprintf(heading, sizeof(heading), "### LED truth table, profile %u", profile);
    rest = strstr(page, heading);
    ck_assert_ptr_nonnull(rest);
    rest = strstr(rest, "| --- |");
    ck_assert_ptr_nonnull(rest);
    (void)strtok_r(rest, "\n", &rest);
    while ((line = strtok_r(rest, "\n", &rest)) != NULL && line[0] == '|' && count < ROWS_MAX) {
        size_t i;

        take_words(line, "| ", &rows[count]);
        for (i = 0; i < WORDS; i++) {
            if (strcmp(rows[count].word[i], "ON") == 0) {
                strcpy(rows[count].word[i], "on");
            } else if (rows[count].word[i][0] != 'F') {
                strcpy(rows[count].word[i], "off");
            }
        }
        count++;
    }
    return count;
}

static size_t printed(unsigned profile, struct row rows[ROWS_MAX])
{
    size_t count = 0;
    char *line;
    char *rest;

    command("$VP --show-leds --led-profile %u", profile);
    ck_assert_int_eq(ran.status, 0);
    rest = ran.out;
    while ((line = strtok_r(rest, "\n", &rest)) != NULL && count < ROWS_MAX) {
        take_words(line, " ", &rows[count++]);
    }
    return count;
}

static void expect_same(unsigned profile)
{
    static struct row said[ROWS_MAX];
    static struct row wanted[ROWS_MAX];
    const size_t count = documented(profile, wanted);
    size_t i;
    size_t k;

    ck_assert_uint_eq(count, 32);
    ck_assert_uint_eq(printed(profile, said), count);
    for (i = 0; i < count; i++) {
        for (k = 0; k < WORDS; k++) {
            ck_assert_msg(strcmp(said[i].word[k], wanted[i].word[k]) == 0,
                          "row %zu, L%zu: '%s' instead of '%s'", i + 1, WORDS - k, said[i].word[k],
                          wanted[i].word[k]);
        }
    }
}

START_TEST(table_of_profile_0)
{
    expect_same(0);
}
END_TEST

START_TEST(table_of_profile_1)
{
    expect_same(1);
}
END_TEST

SUITE("virtual_pack/show_leds", CASE("R-LED-06 R-LED-07", table_of_profile_0),
      CASE("R-LED-06", table_of_profile_1))

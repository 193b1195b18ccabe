#include "losun_bms/base/sha256.h"

#include <string.h>

#include "support/suite.h"

/* Two hex digits a byte; the expected digests are those of the standard and of other programs. */
static void check_digest(const char *expected, const uint8_t digest[LBMS_SHA256_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    char text[(2u * LBMS_SHA256_SIZE) + 1u] = {0};
    size_t i;

    for (i = 0u; i < LBMS_SHA256_SIZE; i++) {
        text[2u * i] = digits[digest[i] >> 4];
        text[(2u * i) + 1u] = digits[digest[i] & 15u];
    }
    ck_assert_str_eq(text, expected);
}

static void check_text(const char *text, const char *expected)
{
    struct lbms_sha256 sha;
    uint8_t digest[LBMS_SHA256_SIZE];

    lbms_sha256_init(&sha);
    lbms_sha256_update(&sha, text, strlen(text));
    lbms_sha256_final(&sha, digest);
    check_digest(expected, digest);
}

/* FIPS 180-4, examples of NIST. */
START_TEST(the_examples_of_the_standard)
{
    check_text("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_text("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check_text(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsm"
        "nopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}
END_TEST

START_TEST(a_million_letters)
{
    struct lbms_sha256 sha;
    uint8_t digest[LBMS_SHA256_SIZE];
    char letters[1000];
    unsigned i;

    memset(letters, 'a', sizeof(letters));
    lbms_sha256_init(&sha);
    for (i = 0u; i < 1000u; i++) {
        lbms_sha256_update(&sha, letters, sizeof(letters));
    }
    lbms_sha256_final(&sha, digest);
    check_digest("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", digest);
}
END_TEST

/* Lengths around a block: where the mark and the length find room, and where they do not. */
START_TEST(pieces_of_any_size_give_the_same_digest)
{
    uint8_t data[200];
    uint8_t whole[LBMS_SHA256_SIZE];
    uint8_t parts[LBMS_SHA256_SIZE];
    struct lbms_sha256 sha;
    size_t length;
    size_t cut;

    for (cut = 0u; cut < sizeof(data); cut++) {
        data[cut] = (uint8_t)(cut * 7u);
    }
    for (length = 50u; length <= sizeof(data); length++) {
        lbms_sha256_init(&sha);
        lbms_sha256_update(&sha, data, length);
        lbms_sha256_final(&sha, whole);
        for (cut = 0u; cut <= length; cut += 13u) {
            lbms_sha256_init(&sha);
            lbms_sha256_update(&sha, data, cut);
            lbms_sha256_update(&sha, NULL, 0u);
            lbms_sha256_update(&sha, data + cut, length - cut);
            lbms_sha256_final(&sha, parts);
            ck_assert_mem_eq(whole, parts, sizeof(whole));
        }
    }
}
END_TEST

START_TEST(nothing_of_the_secret_stays_behind)
{
    static const struct lbms_sha256 empty;
    struct lbms_sha256 sha;
    uint8_t digest[LBMS_SHA256_SIZE];

    lbms_sha256_init(&sha);
    lbms_sha256_update(&sha, "secret", 6u);
    lbms_sha256_final(&sha, digest);
    ck_assert_mem_eq(&sha, &empty, sizeof(sha));
}
END_TEST

SUITE("base/sha256", CASE("", the_examples_of_the_standard), CASE("", a_million_letters),
      CASE("", pieces_of_any_size_give_the_same_digest), CASE("", nothing_of_the_secret_stays_behind))

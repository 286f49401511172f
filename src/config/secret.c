/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/secret.h"

#include <crypt.h>
#include <nettle/base64.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha1.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PBKDF2_PREFIX "grub.pbkdf2.sha512."
#define SHA512_SIZE 64

static bool same_bytes(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *left = a, *right = b;
	uint8_t different = 0;
	size_t i;

	for (i = 0; i < len; i++)
		different |= left[i] ^ right[i];
	return different == 0;
}

/* Both in as many bytes as can be typed, so that no length shows. */
static int matches_plain(
	const char *secret, const char *typed, struct error *err)
{
	char left[SECRET_TYPED_MAX + 1] = "", right[SECRET_TYPED_MAX + 1] = "";
	int r;

	if (strlen(secret) > SECRET_TYPED_MAX)
		return error_set(err, ERR_LIMIT,
			"a password of more than %d bytes", SECRET_TYPED_MAX);
	memcpy(left, secret, strlen(secret));
	memcpy(right, typed, strlen(typed));
	r = same_bytes(left, right, sizeof(left));
	explicit_bzero(right, sizeof(right));
	return r;
}

static int not_understood(struct error *err)
{
	return error_set(err, ERR_SYNTAX, "a password of no known form");
}

static int too_many_rounds(struct error *err)
{
	return error_set(err, ERR_LIMIT,
		"a password that takes more than %d rounds to check",
		SECRET_ROUNDS_MAX);
}

/*
 * Of all that crypt(3) knows only what the loaders know, too: the others take
 * as much time and memory as their author likes.
 */
static int matches_crypt(
	const char *secret, const char *typed, struct error *err)
{
	static const char rounds[] = "rounds=";
	struct crypt_data data = { 0 };
	const char *hash;
	int r;

	if (strncmp(secret, "$1$", 3) != 0 && strncmp(secret, "$5$", 3) != 0 &&
		strncmp(secret, "$6$", 3) != 0)
		return error_set(err, ERR_UNSUPPORTED,
			"a password of a kind that is not known");
	if (strncmp(secret + 3, rounds, sizeof(rounds) - 1) == 0 &&
		strtoul(secret + 3 + sizeof(rounds) - 1, NULL, 10) >
			SECRET_ROUNDS_MAX)
		return too_many_rounds(err);
	hash = crypt_rn(typed, secret, &data, (int)sizeof(data));
	if (hash)
		r = strlen(hash) == strlen(secret) &&
			same_bytes(hash, secret, strlen(hash));
	else
		r = not_understood(err);
	explicit_bzero(&data, sizeof(data));
	return r;
}

/* $4$SALT$HASH or $4$HASH: base64 of SHA-1 over salt and password. */
static int matches_sha1(
	const char *secret, const char *typed, struct error *err)
{
	char text[BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE)];
	/* without the padding, which is a matter of taste */
	const size_t len = BASE64_ENCODE_LENGTH(SHA1_DIGEST_SIZE);
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct sha1_ctx sha1;
	const char *salt = secret + 3, *hash = strchr(salt, '$');

	sha1_init(&sha1);
	if (hash && hash[1] != '\0')
		sha1_update(
			&sha1, (size_t)(hash++ - salt), (const uint8_t *)salt);
	else
		hash = salt;
	if (strlen(hash) < len)
		return not_understood(err);
	sha1_update(&sha1, strlen(typed), (const uint8_t *)typed);
	sha1_digest(&sha1, sizeof(digest), digest);
	explicit_bzero(&sha1, sizeof(sha1));
	base64_encode_raw(text, sizeof(digest), digest);
	return same_bytes(text, hash, len);
}

static int matches_syslinux(
	const char *secret, const char *typed, struct error *err)
{
	if (secret[0] != '$' || secret[1] == '\0' || secret[2] != '$')
		return matches_plain(secret, typed, err);
	if (secret[1] == '4')
		return matches_sha1(secret, typed, err);
	return matches_crypt(secret, typed, err);
}

struct octets {
	uint8_t data[SECRET_BYTES_MAX];
	size_t len;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Pairs of digits up to the end, which *at then points behind. */
static int read_hex(
	const char **at, char end, struct octets *out, struct error *err)
{
	int high, low;

	for (out->len = 0; **at != end; *at += 2) {
		high = hex_digit((*at)[0]);
		low = high < 0 ? -1 : hex_digit((*at)[1]);
		if (low < 0)
			return not_understood(err);
		if (out->len == sizeof(out->data))
			return error_set(err, ERR_LIMIT,
				"a password with a salt or hash of more than "
				"%d bytes",
				SECRET_BYTES_MAX);
		out->data[out->len++] = (uint8_t)(high << 4 | low);
	}
	*at += end != '\0';
	return out->len > 0 ? 0 : not_understood(err);
}

/* Each block of the hash takes all the rounds. */
static int check_rounds(
	unsigned long rounds, const struct octets *hash, struct error *err)
{
	size_t blocks = (hash->len + SHA512_SIZE - 1) / SHA512_SIZE;

	if (rounds == 0)
		return not_understood(err);
	return rounds > SECRET_ROUNDS_MAX / blocks ? too_many_rounds(err) : 0;
}

static int matches_pbkdf2(
	const char *secret, const char *typed, struct error *err)
{
	struct octets salt, hash;
	uint8_t digest[SECRET_BYTES_MAX];
	unsigned long rounds;
	char *end;
	const char *at;

	if (strncmp(secret, PBKDF2_PREFIX, strlen(PBKDF2_PREFIX)) != 0)
		return not_understood(err);
	rounds = strtoul(secret + strlen(PBKDF2_PREFIX), &end, 10);
	if (*end != '.')
		return not_understood(err);
	at = end + 1;
	if (read_hex(&at, '.', &salt, err) < 0 ||
		read_hex(&at, '\0', &hash, err) < 0 ||
		check_rounds(rounds, &hash, err) < 0)
		return -1;
	pbkdf2_hmac_sha512(strlen(typed), (const uint8_t *)typed,
		(unsigned int)rounds, salt.len, salt.data, hash.len, digest);
	return same_bytes(digest, hash.data, hash.len);
}

int secret_matches(enum secret_kind kind, const char *secret, const char *typed,
	struct error *err)
{
	if (strlen(typed) > SECRET_TYPED_MAX)
		return 0;
	switch (kind) {
	case SECRET_PLAIN:
		return matches_plain(secret, typed, err);
	case SECRET_CRYPT:
		return matches_crypt(secret, typed, err);
	case SECRET_SYSLINUX:
		return matches_syslinux(secret, typed, err);
	case SECRET_PBKDF2:
		return matches_pbkdf2(secret, typed, err);
	}
	return not_understood(err);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_sum.c - checksums: Fletcher's of two kinds, and SHA-256 (FIPS 180-4)
 *
 * The others (SHA-512/256, Skein, Edon-R, BLAKE3) must be asked for by the
 * administrator, and what they guard is read unchecked.
 */
#include <string.h>

#include "fsdrivers/zfs.h"

enum sum_kind {
	SUM_OFF = 2,
	SUM_LABEL = 3,
	SUM_GANG = 4,
	SUM_FLETCHER2 = 6,
	SUM_FLETCHER4 = 7,
	SUM_SHA256 = 8,
};

/* What stands at the end of labels, uberblocks and gang headers. */
struct self_sum {
	le64 magic;
	le64 word[4];
};

#define SELF_SUM_MAGIC UINT64_C(0x0210da7ab10c7a11)

void zfs_fletcher2(struct bytes data, struct zfs_sum *sum)
{
	uint64_t a0 = 0, a1 = 0, b0 = 0, b1 = 0;
	const le64 *word;
	size_t at;

	for (at = 0; at + 16 <= data.len; at += 16) {
		word = (const le64 *)(data.data + at);
		a0 += le64_get(word[0]);
		a1 += le64_get(word[1]);
		b0 += a0;
		b1 += a1;
	}
	*sum = (struct zfs_sum){ { a0, a1, b0, b1 } };
}

void zfs_fletcher4(struct bytes data, struct zfs_sum *sum)
{
	uint64_t a = 0, b = 0, c = 0, d = 0;
	size_t at;

	for (at = 0; at + 4 <= data.len; at += 4) {
		a += le32_get(*(const le32 *)(data.data + at));
		b += a;
		c += b;
		d += c;
	}
	*sum = (struct zfs_sum){ { a, b, c, d } };
}

static const uint32_t round_constants[64] = {
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned int by)
{
	return x >> by | x << (32 - by);
}

static void sha256_schedule(const uint8_t *block, uint32_t w[64])
{
	int i;

	for (i = 0; i < 16; i++)
		w[i] = be32_get(*(const be32 *)(block + (size_t)i * 4));
	for (i = 16; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
			(rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^
				w[i - 15] >> 3) +
			(rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^
				w[i - 2] >> 10);
}

static void sha256_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t w[64], v[8], t1, t2;
	int i;

	sha256_schedule(block, w);
	memcpy(v, state, sizeof(v));
	for (i = 0; i < 64; i++) {
		t1 = v[7] +
			(rotate(v[4], 6) ^ rotate(v[4], 11) ^
				rotate(v[4], 25)) +
			((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[i] +
			w[i];
		t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
			((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (i = 0; i < 8; i++)
		state[i] += v[i];
}

void zfs_sha256(struct bytes data, struct zfs_sum *sum)
{
	uint32_t state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	size_t whole = data.len / 64 * 64, left = data.len - whole, at;
	uint8_t end[128] = { 0 };
	size_t end_len = left < 56 ? 64 : 128;
	size_t i;

	for (at = 0; at < whole; at += 64)
		sha256_block(state, data.data + at);
	memcpy(end, data.data + whole, left);
	end[left] = 0x80;
	for (i = 0; i < 8; i++)
		end[end_len - 1 - i] =
			(uint8_t)((uint64_t)data.len * 8 >> (8 * i));
	for (at = 0; at < end_len; at += 64)
		sha256_block(state, end + at);
	for (i = 0; i < 4; i++)
		sum->word[i] = (uint64_t)state[2 * i] << 32 | state[2 * i + 1];
}

/*
 * A fuzzer would get no further: it cannot mend the checksum of a block that is
 * in a compressed one.  Nor is any made for it, which took most of its time.
 */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define ANY_SUM true
#else
#define ANY_SUM false
#endif

static bool same(const struct zfs_sum *a, const struct zfs_sum *b)
{
	return memcmp(a->word, b->word, sizeof(a->word)) == 0;
}

static le64 le64_make(uint64_t number)
{
	le64 out;
	int i;

	for (i = 0; i < 8; i++)
		out.b[i] = (uint8_t)(number >> (8 * i));
	return out;
}

bool zfs_self_sum_ok(uint8_t *data, size_t len, const struct zfs_sum *where)
{
	struct self_sum *self = (struct self_sum *)(data + len - sizeof(*self));
	struct self_sum kept = *self;
	struct zfs_sum sum, said;
	int i;

	if (le64_get(self->magic) != SELF_SUM_MAGIC)
		return false;
	if (ANY_SUM)
		return true;
	for (i = 0; i < 4; i++) {
		said.word[i] = le64_get(kept.word[i]);
		self->word[i] = le64_make(where->word[i]);
	}
	zfs_sha256((struct bytes){ data, len }, &sum);
	*self = kept;
	return same(&sum, &said);
}

bool zfs_sum_ok(
	unsigned int kind, struct bytes data, const struct zfs_sum *wanted)
{
	struct zfs_sum sum;

	if (ANY_SUM)
		return true;
	switch (kind) {
	case SUM_FLETCHER2:
		zfs_fletcher2(data, &sum);
		break;
	case SUM_FLETCHER4:
		zfs_fletcher4(data, &sum);
		break;
	case SUM_LABEL:
	case SUM_GANG:
	case SUM_SHA256:
		zfs_sha256(data, &sum);
		break;
	default:
		return true;
	}
	return same(&sum, wanted);
}

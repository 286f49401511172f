/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * error.h - one fault, told in one line to a person
 *
 * Every function that can fail takes a struct error as its last argument,
 * fills it and returns -1 (or NULL).  Whoever finds the fault says what is
 * wrong, with the offset or the line; each caller on the way out puts in front
 * where that was, so the line reads from the outside in:
 *
 *   vm.img: partition 2: ext4: /boot/grub/grub.cfg: line 12: no "fi" for "if"
 *
 * The text may hold any byte of the guest's: it is escaped where it is shown
 * (base/utf8.h), and nowhere else.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

/* What a caller may decide by; everything else is in the text. */
enum error_code {
	ERR_NONE,
	ERR_IO,          /* the disk could not be read */
	ERR_CORRUPT,     /* the guest's data contradict themselves */
	ERR_UNSUPPORTED, /* valid, but made with a feature we do not have */
	ERR_NOT_FOUND,   /* looked for, and not there: try the next place */
	ERR_SYNTAX,      /* a configuration file that cannot be understood */
	ERR_LIMIT,       /* more than we are willing to do; names the limit */
	ERR_SYSTEM,      /* the host refused something: end the run */
};

/* An error is shown as one line of at most 1 KiB (promise P12). */
#define ERROR_TEXT_SIZE 1024

struct error {
	enum error_code code;
	char text[ERROR_TEXT_SIZE];
};

void error_record(struct error *err, enum error_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void error_record_errno(struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void error_prefix(struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What a function that failed returns; inline, so that a compiler knows it. */
static inline int error_result(void)
{
	return -1;
}

/* Record a fault: (err, code, format...).  Always -1, to be returned at once */
#define error_set(...) (error_record(__VA_ARGS__), error_result())

/* (err, format...): ERR_SYSTEM, and strerror(errno) behind the text. */
#define error_errno(...) (error_record_errno(__VA_ARGS__), error_result())

/* (err, format...): put "<where>: " in front of the fault.  Always -1. */
#define error_in(...) (error_prefix(__VA_ARGS__), error_result())

/* Start without a fault; only code and the first byte of text are written. */
static inline void error_clear(struct error *err)
{
	err->code = ERR_NONE;
	err->text[0] = '\0';
}

#endif

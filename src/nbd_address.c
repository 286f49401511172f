/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/nbd_address.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_PORT "10809" /* registered with IANA */

/* A part of the address; not NUL-terminated. */
struct part {
	const char *text;
	size_t len;
};

/* The length of "nbd", "nbds+unix"... in front of "://"; 0: no address. */
static size_t scheme_length(const char *text)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t len = 3;

	if (strncasecmp(text, "nbd", len) != 0)
		return 0;
	if (text[len] == 's' || text[len] == 'S')
		len++;
	if (text[len] == '+')
		len += 1 + strspn(text + len + 1, letters);
	return strncmp(text + len, "://", 3) == 0 ? len : 0;
}

bool nbd_is_address(const char *text)
{
	return scheme_length(text) > 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Percent-decode a part into out, of size bytes with its NUL. */
static int decode(struct part part, const char *what, char *out, size_t size,
	struct error *err)
{
	size_t i, at = 0;
	int high, low;

	for (i = 0; i < part.len; i++) {
		char c = part.text[i];

		if (c == '%') {
			high = i + 2 < part.len ? hex_digit(part.text[i + 1])
						: -1;
			low = high >= 0 ? hex_digit(part.text[i + 2]) : -1;
			if (low < 0 || (high == 0 && low == 0))
				return error_set(err, ERR_SYNTAX,
					"%s: %% without two digits of a byte",
					what);
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (at + 1 >= size)
			return error_set(err, ERR_LIMIT,
				"%s: more than %zu bytes", what, size - 1);
		out[at++] = c;
	}
	out[at] = '\0';
	return 0;
}

static int take_port(struct part part, char port[6], struct error *err)
{
	unsigned long value = 0;
	size_t i;

	for (i = 0; i < part.len && value <= UINT16_MAX; i++) {
		if (part.text[i] < '0' || part.text[i] > '9')
			break;
		value = value * 10 + (unsigned long)(part.text[i] - '0');
	}
	if (i < part.len || value == 0 || value > UINT16_MAX)
		return error_set(err, ERR_SYNTAX,
			"\"%.*s\" is not a port (1 to 65535)", (int)part.len,
			part.text);
	snprintf(port, 6, "%lu", value);
	return 0;
}

/* HOST, HOST:PORT, [ADDRESS], [ADDRESS]:PORT */
static int take_authority(
	struct part part, struct nbd_address *address, struct error *err)
{
	struct part host = part, port = { "", 0 };
	const char *end;

	if (memchr(part.text, '@', part.len))
		return error_set(
			err, ERR_UNSUPPORTED, "a user is for TLS only");
	if (part.len > 0 && part.text[0] == '[') {
		end = memchr(part.text, ']', part.len);
		if (!end)
			return error_set(
				err, ERR_SYNTAX, "\"[\" without \"]\"");
		host = (struct part){ part.text + 1,
			(size_t)(end - part.text) - 1 };
		end++;
	} else {
		end = memchr(part.text, ':', part.len);
		if (!end)
			end = part.text + part.len;
		host.len = (size_t)(end - part.text);
	}
	port.text = end;
	port.len = part.len - (size_t)(end - part.text);
	if (host.len == 0)
		return error_set(err, ERR_SYNTAX, "no host");
	if (port.len > 0 && port.text[0] != ':')
		return error_set(err, ERR_SYNTAX,
			"\"%.*s\" behind the host is no port", (int)port.len,
			port.text);
	strcpy(address->port, DEFAULT_PORT);
	/* "host:" is a port that was left out: RFC 3986, 3.2.3 */
	if (port.len > 1 &&
		take_port((struct part){ port.text + 1, port.len - 1 },
			address->port, err) < 0)
		return -1;
	return decode(host, "host", address->host, sizeof(address->host), err);
}

/* The query: socket=PATH, and nothing else. */
static int take_query(
	const char *query, struct nbd_address *address, struct error *err)
{
	static const char name[] = "socket=";

	if (query &&
		(strncmp(query, name, strlen(name)) != 0 || strchr(query, '&')))
		return error_set(err, ERR_SYNTAX,
			"\"?%s\": only socket=PATH is known", query);
	if (!address->local)
		return !query
			? 0
			: error_set(err, ERR_SYNTAX, "socket= is for nbd+unix");
	if (!query || query[strlen(name)] == '\0')
		return error_set(err, ERR_SYNTAX, "no ?socket=PATH");
	query += strlen(name);
	return decode((struct part){ query, strlen(query) }, "socket",
		address->path, sizeof(address->path), err);
}

static int take_scheme(const char *text, size_t len,
	struct nbd_address *address, struct error *err)
{
	address->local = len == 8 && strncasecmp(text, "nbd+unix", len) == 0;
	if (len == 3 || address->local)
		return 0;
	return error_set(err, ERR_UNSUPPORTED,
		"%.*s is not supported, only nbd and nbd+unix are", (int)len,
		text);
}

int nbd_address_parse(
	const char *text, struct nbd_address *address, struct error *err)
{
	size_t len = scheme_length(text);
	struct part authority, path;
	const char *query;

	*address = (struct nbd_address){ 0 };
	if (take_scheme(text, len, address, err) < 0)
		return -1;
	if (strchr(text, '#'))
		return error_set(err, ERR_SYNTAX,
			"\"#\" has no meaning; in a name it is %%23");
	text += len + strlen("://");
	authority = (struct part){ text, strcspn(text, "/?") };
	path.text = text + authority.len;
	path.len = strcspn(path.text, "?");
	query = path.text[path.len] == '?' ? path.text + path.len + 1 : NULL;
	if (path.len > 0) {
		path.text++;
		path.len--;
	}
	if (!address->local && take_authority(authority, address, err) < 0)
		return -1;
	if (address->local && authority.len > 0)
		return error_set(
			err, ERR_SYNTAX, "nbd+unix has no host: three slashes");
	if (take_query(query, address, err) < 0)
		return -1;
	return decode(
		path, "export", address->export, sizeof(address->export), err);
}

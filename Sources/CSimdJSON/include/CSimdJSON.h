#pragma once

// A plain C face over simdjson for the target JSON. No C++ shows here and no exception leaves a function.
//
// Two readers:
//  - qs_document: a whole small text as flat tokens, each with its place. Every value is visited, so every
//    value is validated.
//  - qs_scanner: a large array of objects, cut into objects as the bytes arrive; of each object only the
//    wanted keys are handed out.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a token or a field holds.
enum {
    QS_ABSENT = 0,   // fields only: the object does not have the key
    QS_NULL = 1,
    QS_BOOL = 2,     // `integer` is 0 or 1
    QS_INTEGER = 3,  // `integer`
    QS_DOUBLE = 4,   // `number`; also integers that a signed 64-bit integer cannot hold
    QS_STRING = 5,   // `text`, `size`: UTF-8, unescaped, not terminated, may hold NUL
    QS_ARRAY = 6,    // tokens: `size` elements follow
    QS_OBJECT = 7,   // tokens: `size` pairs of key and value follow
    QS_KEY = 8,      // tokens only: like QS_STRING
};

typedef struct {
    int64_t integer;
    double number;
    const uint8_t *text;
    size_t size;
    size_t offset;  // tokens only: of the first byte of the value in the input
    uint8_t kind;
} qs_value;

// How a call ended.
enum {
    QS_OK = 0,
    QS_MORE = 1,           // scanner: the chunk is used up and the array is not over
    QS_END = 2,            // scanner: the array is over; only white space followed
    QS_BAD_SYNTAX = -1,
    QS_BAD_UTF8 = -2,
    QS_TOO_DEEP = -3,
    QS_BAD_NUMBER = -4,
    QS_BAD_STRING = -5,    // an unknown escape, half a surrogate pair, a control character not escaped
    QS_NO_MEMORY = -6,
    QS_TRAILING = -7,      // more text after the value
};

typedef struct qs_document qs_document;

// Reads one JSON value. `*result` says how it went and `*offset` where it stopped; the document is NULL only
// when memory ran out. Texts stay valid until qs_document_free.
// `depth` is how many arrays and objects may be open at once.
qs_document *qs_document_read(
    const uint8_t *bytes, size_t length, size_t depth, int *result, size_t *offset);
const qs_value *qs_document_tokens(const qs_document *document, size_t *count);
void qs_document_free(qs_document *document);

typedef struct qs_scanner qs_scanner;

// `keys` are copied. Returns NULL when memory ran out.
qs_scanner *qs_scanner_new(
    const uint8_t *const *keys, const size_t *sizes, size_t count, size_t depth);
void qs_scanner_free(qs_scanner *scanner);

// Reads on in a chunk from `*position`, which it moves. QS_OK: one object is over and `fields` holds its
// wanted values, in the order of the keys, until the next call. QS_MORE: hand in the next chunk, with
// `*position` 0. Anything negative ends the reading; qs_scanner_offset tells where.
int qs_scanner_next(
    qs_scanner *scanner, const uint8_t *chunk, size_t length, size_t *position, const qs_value **fields);

// Whether the array was closed: what a body must be when no chunk follows.
int qs_scanner_is_complete(const qs_scanner *scanner);

// Bytes read since the beginning, or where the object that is being read or judged begins.
size_t qs_scanner_offset(const qs_scanner *scanner);

#ifdef __cplusplus
}
#endif

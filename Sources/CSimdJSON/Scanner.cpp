// A large array of objects, cut into objects as the bytes arrive. Each object is parsed whole by simdjson's
// DOM reader, so that all of it is validated, and the wanted keys are picked. Memory is that of the largest
// object, not of the body.

#include "CSimdJSON.h"
#include "Result.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

using namespace simdjson;

namespace {

enum class State { before, first, object, comma, next, after };

bool is_space(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

// A server writes the keys of every object in the same order. So the n-th key of an object is first compared
// with the n-th key of the one before, and looked up only when they differ.
struct Seen {
    std::string key;
    int index;  // of the wanted key, or -1
};

}  // namespace

struct qs_scanner {
    std::vector<std::string> keys;
    std::vector<qs_value> fields;
    std::vector<Seen> seen;
    size_t depth;
    dom::parser parser;

    State state = State::before;
    size_t open = 0;  // arrays and objects open inside the array's current object, that one included
    bool inString = false;
    bool escaped = false;
    std::vector<uint8_t> carry;  // the part of an object that came with earlier chunks, later its padding
    size_t consumed = 0;         // bytes of all chunks before the current position
    size_t begin = 0;            // where the current object begins

    int next(const uint8_t *chunk, size_t length, size_t *position);
    size_t skip_object(const uint8_t *chunk, size_t from, size_t length);
    int judge(const uint8_t *object, size_t size, size_t readable);
    int parse(const uint8_t *object, size_t size);
    int pick(dom::object object);
    int take(qs_value &field, dom::element value);
    int index_of(std::string_view key, size_t place);
};

int qs_scanner::next(const uint8_t *chunk, size_t length, size_t *position) {
    size_t at = *position;
    while (at < length) {
        if (state == State::object) {
            size_t from = at;
            at = skip_object(chunk, from, length);
            consumed += at - from;
            *position = at;
            if (open > 0) {
                carry.insert(carry.end(), chunk + from, chunk + at);
                return QS_MORE;
            }
            state = State::comma;
            if (carry.empty()) return judge(chunk + from, at - from, length - from);
            carry.insert(carry.end(), chunk + from, chunk + at);
            int result = judge(carry.data(), carry.size(), carry.size());
            carry.clear();
            return result;
        }
        uint8_t byte = chunk[at];
        if (!is_space(byte)) {
            begin = consumed;
            if (byte == '[' && state == State::before) {
                state = State::first;
            } else if (byte == '{' && (state == State::first || state == State::next)) {
                state = State::object;
                continue;  // the brace belongs to the object
            } else if (byte == ',' && state == State::comma) {
                state = State::next;
            } else if (byte == ']' && (state == State::first || state == State::comma)) {
                state = State::after;
            } else {
                *position = at;
                return state == State::after ? QS_TRAILING : QS_BAD_SYNTAX;
            }
        }
        at++;
        consumed++;
    }
    *position = at;
    return state == State::after ? QS_END : QS_MORE;
}

// Moves to the byte after the object, or to the end of the chunk. Only brackets and strings matter here.
size_t qs_scanner::skip_object(const uint8_t *chunk, size_t from, size_t length) {
    size_t at = from;
    while (at < length) {
        if (inString) {
            if (escaped) {
                escaped = false;
                at++;
                continue;
            }
            // Most strings are short: a loop is faster than memchr here.
            while (at < length && chunk[at] != '"' && chunk[at] != '\\') at++;
            if (at == length) return at;
            if (chunk[at] == '"') {
                inString = false;
            } else {
                escaped = true;
            }
            at++;
            continue;
        }
        uint8_t byte = chunk[at++];
        if (byte == '"') {
            inString = true;
        } else if (byte == '{' || byte == '[') {
            open++;
        } else if (byte == '}' || byte == ']') {
            open--;
            if (open == 0) return at;
        }
    }
    return at;
}

// simdjson reads up to SIMDJSON_PADDING bytes past the end: near the end of the chunk it needs a copy.
int qs_scanner::judge(const uint8_t *object, size_t size, size_t readable) {
    if (readable - size >= SIMDJSON_PADDING) return parse(object, size);
    if (object == carry.data()) {
        carry.resize(size + SIMDJSON_PADDING, 0);
        return parse(carry.data(), size);
    }
    std::vector<uint8_t> copy(size + SIMDJSON_PADDING, 0);
    std::memcpy(copy.data(), object, size);
    return parse(copy.data(), size);
}

int qs_scanner::parse(const uint8_t *object, size_t size) {
    if (parser.capacity() < size || parser.max_depth() != depth) {
        if (parser.allocate(std::max(size, parser.capacity()), depth)) return QS_NO_MEMORY;
    }
    dom::element root;
    dom::object members;
    auto error = parser.parse(object, size, false).get(root);
    if (!error) error = root.get(members);
    if (error) return result_of(error);
    return pick(members);
}

int qs_scanner::pick(dom::object members) {
    for (auto &field : fields) field.kind = QS_ABSENT;
    size_t place = 0;
    for (auto member : members) {
        int index = index_of(member.key, place++);
        if (index < 0) continue;
        if (int result = take(fields[size_t(index)], member.value)) return result;
    }
    return QS_OK;
}

int qs_scanner::index_of(std::string_view key, size_t place) {
    if (place < seen.size() && seen[place].key == key) return seen[place].index;
    int index = -1;
    for (size_t i = 0; i < keys.size(); i++) {
        if (keys[i] == key) index = int(i);
    }
    // Bounded: an object with more keys than any server writes is looked up the slow way.
    if (place < 1024) {
        if (place >= seen.size()) seen.resize(place + 1, Seen{std::string(), -1});
        seen[place] = Seen{std::string(key), index};
    }
    return index;
}

int qs_scanner::take(qs_value &field, dom::element value) {
    switch (value.type()) {
    case dom::element_type::NULL_VALUE: field.kind = QS_NULL; break;
    case dom::element_type::BOOL: {
        bool truth = false;
        if (value.get(truth)) return QS_BAD_SYNTAX;
        field.kind = QS_BOOL;
        field.integer = truth;
        break;
    }
    case dom::element_type::INT64:
        if (value.get(field.integer)) return QS_BAD_NUMBER;
        field.kind = QS_INTEGER;
        break;
    case dom::element_type::UINT64: {
        // simdjson uses this type only for what a signed integer cannot hold.
        uint64_t large = 0;
        if (value.get(large)) return QS_BAD_NUMBER;
        field.kind = QS_DOUBLE;
        field.number = double(large);
        break;
    }
    case dom::element_type::DOUBLE:
        if (value.get(field.number)) return QS_BAD_NUMBER;
        field.kind = QS_DOUBLE;
        break;
    case dom::element_type::STRING: {
        std::string_view text;
        if (value.get(text)) return QS_BAD_STRING;
        field.kind = QS_STRING;
        field.text = reinterpret_cast<const uint8_t *>(text.data());
        field.size = text.size();
        break;
    }
    case dom::element_type::ARRAY: field.kind = QS_ARRAY; break;
    case dom::element_type::OBJECT: field.kind = QS_OBJECT; break;
    }
    return QS_OK;
}

qs_scanner *qs_scanner_new(
    const uint8_t *const *keys, const size_t *sizes, size_t count, size_t depth) {
    qs_scanner *scanner = nullptr;
    try {
        scanner = new qs_scanner;
        for (size_t i = 0; i < count; i++) {
            scanner->keys.emplace_back(reinterpret_cast<const char *>(keys[i]), sizes[i]);
        }
        scanner->fields.resize(count, qs_value{0, 0, nullptr, 0, 0, QS_ABSENT});
        // The outer array takes one level, and is not seen by the parser of the objects.
        scanner->depth = depth > 1 ? depth - 1 : 1;
        return scanner;
    } catch (...) {
        delete scanner;
        return nullptr;
    }
}

void qs_scanner_free(qs_scanner *scanner) { delete scanner; }

int qs_scanner_next(
    qs_scanner *scanner, const uint8_t *chunk, size_t length, size_t *position, const qs_value **fields) {
    try {
        int result = scanner->next(chunk, length, position);
        *fields = scanner->fields.data();
        return result;
    } catch (...) {
        return QS_NO_MEMORY;
    }
}

int qs_scanner_is_complete(const qs_scanner *scanner) { return scanner->state == State::after; }

size_t qs_scanner_offset(const qs_scanner *scanner) {
    bool isAtObject = scanner->state == State::object || scanner->state == State::comma;
    return isAtObject ? scanner->begin : scanner->consumed;
}

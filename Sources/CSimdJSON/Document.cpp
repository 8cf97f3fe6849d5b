// One small JSON text as flat tokens, through simdjson's on-demand reader. Every value is visited: the
// reader validates only what is visited.

#include "CSimdJSON.h"
#include "Result.h"

#include <simdjson.h>

#include <new>
#include <string_view>
#include <vector>

using namespace simdjson;

struct qs_document {
    ondemand::parser parser;
    padded_string text;
    std::vector<qs_value> tokens;
};

namespace {

// Walks the values in reading order. Recursion is bounded by `depth`.
class Walker {
public:
    Walker(qs_document &document, size_t depth)
        : tokens(document.tokens), start(document.text.data()), depth(depth) {}

    size_t last = 0;  // offset of the value being read

    template <typename Value> int walk(Value &value, size_t level) {
        std::string_view raw;
        if (auto error = simdjson_result<std::string_view>(value.raw_json_token()).get(raw)) {
            return result_of(error);
        }
        last = size_t(raw.data() - start);
        ondemand::json_type type;
        if (auto error = value.type().get(type)) return result_of(error);
        switch (type) {
        case ondemand::json_type::array: return walk_array(value, level);
        case ondemand::json_type::object: return walk_object(value, level);
        case ondemand::json_type::string: return take_string(value);
        case ondemand::json_type::number: return take_number(value);
        case ondemand::json_type::boolean: return take_bool(value);
        case ondemand::json_type::null: return take_null(value);
        }
        return QS_BAD_SYNTAX;
    }

private:
    std::vector<qs_value> &tokens;
    const char *start;
    size_t depth;

    qs_value &push(uint8_t kind, size_t offset) {
        tokens.push_back(qs_value{0, 0, nullptr, 0, offset, kind});
        return tokens.back();
    }

    template <typename Value> int walk_array(Value &value, size_t level) {
        if (level >= depth) return QS_TOO_DEEP;
        size_t place = tokens.size(), count = 0;
        push(QS_ARRAY, last);
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return result_of(error);
        for (auto item : array) {
            ondemand::value element;
            if (auto error = std::move(item).get(element)) return result_of(error);
            if (int result = walk(element, level + 1)) return result;
            count++;
        }
        tokens[place].size = count;
        return QS_OK;
    }

    template <typename Value> int walk_object(Value &value, size_t level) {
        if (level >= depth) return QS_TOO_DEEP;
        size_t place = tokens.size(), count = 0;
        push(QS_OBJECT, last);
        ondemand::object object;
        if (auto error = value.get_object().get(object)) return result_of(error);
        for (auto item : object) {
            ondemand::field field;
            if (auto error = std::move(item).get(field)) return result_of(error);
            last = size_t(field.key().raw() - 1 - start);
            std::string_view key;
            if (auto error = field.unescaped_key().get(key)) return result_of(error);
            if (int result = take_text(QS_KEY, key)) return result;
            if (int result = walk(field.value(), level + 1)) return result;
            count++;
        }
        tokens[place].size = count;
        return QS_OK;
    }

    int take_text(uint8_t kind, std::string_view text) {
        auto &token = push(kind, last);
        token.text = reinterpret_cast<const uint8_t *>(text.data());
        token.size = text.size();
        return QS_OK;
    }

    template <typename Value> int take_string(Value &value) {
        std::string_view text;
        if (auto error = value.get_string().get(text)) return result_of(error);
        return take_text(QS_STRING, text);
    }

    template <typename Value> int take_number(Value &value) {
        // An integer outside int64 is taken as the nearest double, as most readers of JSON do.
        int64_t integer;
        if (value.get_int64().get(integer) == SUCCESS) {
            push(QS_INTEGER, last).integer = integer;
            return QS_OK;
        }
        double number;
        if (auto error = value.get_double().get(number)) return result_of(error);
        push(QS_DOUBLE, last).number = number;
        return QS_OK;
    }

    template <typename Value> int take_bool(Value &value) {
        bool truth;
        if (auto error = value.get_bool().get(truth)) return result_of(error);
        push(QS_BOOL, last).integer = truth;
        return QS_OK;
    }

    template <typename Value> int take_null(Value &value) {
        bool isNull = false;
        if (auto error = value.is_null().get(isNull)) return result_of(error);
        if (!isNull) return QS_BAD_SYNTAX;
        push(QS_NULL, last);
        return QS_OK;
    }
};

int read(qs_document &document, size_t depth, size_t *offset) {
    ondemand::document values;
    if (auto error = document.parser.iterate(document.text).get(values)) return result_of(error);
    Walker walker(document, depth);
    int result = walker.walk(values, 0);
    *offset = walker.last;
    if (result != QS_OK && result != QS_BAD_SYNTAX) return result;
    // The place of a fault, or of what follows the value; an error when the whole text is read.
    const char *place = nullptr;
    bool isWithin = values.current_location().get(place) == SUCCESS;
    size_t size = document.text.size();
    size_t at = isWithin ? size_t(place - document.text.data()) : size;
    if (result == QS_OK && at < size) result = QS_TRAILING;
    if (result != QS_OK) *offset = at;
    return result;
}

}  // namespace

qs_document *qs_document_read(
    const uint8_t *bytes, size_t length, size_t depth, int *result, size_t *offset) {
    *offset = 0;
    *result = QS_NO_MEMORY;
    qs_document *document = nullptr;
    try {
        document = new qs_document;
        document->text = padded_string(reinterpret_cast<const char *>(bytes), length);
        if (document->text.data() == nullptr) throw std::bad_alloc();
        *result = read(*document, depth, offset);
        if (*offset > length) *offset = length;
        return document;
    } catch (...) {
        delete document;
        *result = QS_NO_MEMORY;
        return nullptr;
    }
}

const qs_value *qs_document_tokens(const qs_document *document, size_t *count) {
    *count = document->tokens.size();
    return document->tokens.data();
}

void qs_document_free(qs_document *document) { delete document; }

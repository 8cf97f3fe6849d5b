#pragma once

#include "CSimdJSON.h"

#include <simdjson.h>

// The C result for an error of simdjson.
inline int result_of(simdjson::error_code error) {
    switch (error) {
    case simdjson::SUCCESS: return QS_OK;
    case simdjson::UTF8_ERROR: return QS_BAD_UTF8;
    case simdjson::DEPTH_ERROR: return QS_TOO_DEEP;
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE: return QS_BAD_NUMBER;
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING: return QS_BAD_STRING;
    case simdjson::MEMALLOC: return QS_NO_MEMORY;
    case simdjson::TRAILING_CONTENT: return QS_TRAILING;
    default: return QS_BAD_SYNTAX;
    }
}

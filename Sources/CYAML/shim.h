// libyaml 0.2: the event parser that Daemon's configuration reads. Nothing of it is variadic or a macro that
// Swift cannot see, so the header is enough.
#pragma once
#include <yaml.h>

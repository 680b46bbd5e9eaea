#!/bin/sh
# Templates that tplc accepts and the C compiler must refuse, naming the line that the template's first line announces.
# usage: CC=... must-not-compile.sh TPLC INCLUDE-FLAGS... -- FILE...
tplc=$1
shift
flags=
while [ "$1" != -- ]; do
    flags="$flags $1"
    shift
done
shift
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
passed=0 failed=0
for file; do
    line=$(sed -n '1s/.*expect line \([0-9]*\) .*/\1/p' "$file")
    if ! "$tplc" "$file" "$out/t.c" --name t; then
        echo "$file: refused too early"
        failed=$((failed + 1))
    elif $CC -std=gnu17 -D_GNU_SOURCE -Werror -Wall -Wextra -Wshadow -Wconversion $flags -fsyntax-only "$out/t.c" \
        2>"$out/said"; then
        echo "$file: compiles"
        failed=$((failed + 1))
    elif [ -z "$line" ] || ! grep -q "^$file:$line:" "$out/said"; then
        cat "$out/said"
        echo "$file: no error names line $line"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done
echo "templates that must not compile: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

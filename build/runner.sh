# shellcheck shell=bash
# Runs suites where there is no PowerShell, by the rules of Suites.psm1: a suite fails if its program left no results,
# ended with an error that no failed test explains, ran fewer tests than it discovered, or ran none.

passed=0 failed=0 skipped=0
left_out=''
skips=''

leave_out() { left_out="$left_out  $1"$'\n'; }

# NAME...: the suites there are. Ends the run if --suite names another one.
known_suites() {
    local name suite known
    [ -n "$suites" ] || return 0
    while IFS= read -r name; do
        known=''
        for suite in "$@"; do
            if names "$name" "$suite"; then known=1; fi
        done
        if [ -z "$known" ]; then
            echo "Without PowerShell there is no suite '$name'. The suites are: $(printf '%s, ' "$@" | sed 's/, $//')." >&2
            failed=1
            summary
        fi
    done < <(printf '%s\n' "$suites" | tr ',' '\n')
}

# NAME SUITE: 'Unit' means both 'Unit (…)'.
names() {
    local name suite
    name=$(printf '%s' "$1" | tr '[:upper:]' '[:lower:]')
    suite=$(printf '%s' "$2" | tr '[:upper:]' '[:lower:]')
    [ "$suite" = "$name" ] || [ "${suite#"$name ("}" != "$suite" ]
}

# SUITE: whether it is to run.
wanted() {
    local name
    [ -n "$suites" ] || return 0
    while IFS= read -r name; do
        if names "$name" "$1"; then return 0; fi
    done < <(printf '%s\n' "$suites" | tr ',' '\n')
    return 1
}

summary() {
    if [ -n "$skips" ]; then
        printf '\nSkipped, and why:\n'
        printf '%s' "$skips" | sed '/^$/d' | sort | uniq -c | sed 's/^\( *[0-9]*\) /\1  /'
    fi
    if [ -n "$left_out" ]; then
        echo
        echo '**************************** NOT RUN ****************************'
        printf '%s' "$left_out"
        echo '*****************************************************************'
        [ -z "$strict" ] || failed=$((failed + $(printf '%s' "$left_out" | grep -c '')))
    fi
    if [ $((passed + failed + skipped)) -eq 0 ]; then
        failed=1
        printf '\nNo suite ran.\n'
    fi
    echo
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
    exit
}

# NAME: begins the line of a suite.
begin() {
    mkdir -p out/logs out/results
    printf '%-20s' "$1"
}

# PASSED FAILED SKIPPED SECONDS: adds to the sums and ends the line of a suite.
add() {
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    printf '%6d passed %5d failed %5d skipped %6d s\n' "$@"
}

# NAME ID COMMAND...: a suite that is one test.
step() {
    local name=$1 log="out/logs/$2.log" start=$SECONDS
    shift 2
    begin "$name"
    if limited 600 "$@" >"$log" 2>&1 </dev/null; then
        add 1 0 0 $((SECONDS - start))
        return 0
    fi
    add 0 1 0 $((SECONDS - start))
    show_errors "$log"
    return 1
}

show_errors() {
    { grep -E '(^|[^[:alpha:]])error([^[:alpha:]]|$)|: not what' "$1" || tail -n 20 "$1"; } |
        sed -e 's/ \[[^]]*proj[^]]*\]$//' -e "s|$PWD/||" | sort -u | head -n 20 | sed 's/^ */  /'
    echo "  ($1)"
}

# NAME ID COMMAND...: an xunit suite.
xunit() {
    local name=$1 id=$2 log="out/logs/$2.log" xml="out/results/$2.xml" start=$SECONDS code end lines ran cases
    local p=0 f=0 s=0 explicit=0 found=0
    shift 2
    rm -f "$xml"
    begin "$name"
    limited 600 "$@" -result-xml "$xml" -noLogo -noColor -noAutoReporters -reporter verbose -diagnostics >"$log" 2>&1 </dev/null
    code=$?
    end="ended with exit code $code"
    if [ "$code" -eq 124 ]; then end='was stopped because it did not end within 600 s'
    elif [ "$code" -gt 128 ]; then end="was killed by signal $((code - 128))"; fi
    lines=$(xunit_failures "$log" "$end")
    if [ -f "$xml" ] && tail -c 40 "$xml" | grep -q '</assemblies>'; then
        p=$(count "$xml" passed) f=$(($(count "$xml" failed) + $(count "$xml" errors))) s=$(count "$xml" skipped)
        explicit=$(count "$xml" not-run) found=$(count "$xml" total) ran=$((p + f + s))
        cases=$(sed -n 's/^  Discovered:  .*(\([0-9]*\) test cases\{0,1\} to be run)$/\1/p' "$log" | head -n 1)
        [ "${cases:-0}" -le "$found" ] || found=$cases
        if [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then fault "The suite $end although no test failed ($log)"; fi
        if [ "$ran" -lt $((found - explicit)) ]; then fault "Only $ran of $((found - explicit)) discovered tests ran ($log)"; fi
        if [ "$ran" -eq 0 ]; then fault "No test ran ($log)"; fi
    else
        p=$(($(grep -c ' \[FINISHED\]' "$log") - $(grep -c '^    .* \[FAIL\]$' "$log") - $(grep -c '^    .* \[SKIP\]$' "$log") - $(grep -c '^    .* \[NOT RUN\]$' "$log")))
        f=$(printf '%s' "$lines" | grep -c '') s=$(grep -c '^    .* \[SKIP\]$' "$log")
        fault "The suite $end and left no results ($log); last line: $(grep -vE '^ +at |^ *$' "$log" | tail -n 1)"
    fi
    add "$p" "$f" "$s" $((SECONDS - start))
    if [ "$f" -gt 0 ]; then printf '%s\n' "$lines" | sed -e '/^$/d' -e "s|$PWD/||g" -e 's/^/  /'; fi
    if [ "$s" -gt 0 ]; then skips="$skips$(sed -n '/\[SKIP\]$/{n;s/^ *//p;}' "$log")"$'\n'; fi
}

# LINE: a failure outside of a test, in xunit.
fault() {
    f=$((f + 1))
    lines="$lines"$'\n'"$1"
}

# LOG END: a line for each failed test, and for each one that had not ended.
xunit_failures() {
    # The file and line of the first frame in a stack, the message on one line and without control characters.
    tr -d '\000\033\r' <"$1" | awk -v end="$2" '
        function report() {
            if (test == "") return
            gsub(/[[:cntrl:]]/, "?", message)
            print (where == "" ? "" : where " ") test ": " substr(message, 1, 240)
            test = ""
        }
        /^    [^ ].* \[STARTING\]$/ { report(); name = $0; sub(/^ */, "", name); sub(/ \[STARTING\]$/, "", name); running[name]++; next }
        /^    [^ ].* \[FINISHED\]/ { report(); name = $0; sub(/^ */, "", name); sub(/ \[FINISHED\].*$/, "", name); running[name]--; next }
        /^    [^ ].* \[FAIL\]$/ { report(); test = $0; sub(/^ */, "", test); sub(/ \[FAIL\]$/, "", test); message = where = ""; stack = 0; next }
        /^    \[.* Failure \(.*\)\]/ { report(); test = $0; sub(/^ */, "", test); message = where = ""; stack = 0; next }
        /^      / && test != "" {
            line = $0
            sub(/^ */, "", line)
            if (line ~ /^Stack Trace:/) { stack = 1; next }
            if (!stack) { message = message (message == "" ? "" : " ") line; next }
            if (where == "" && match(line, /^[^ ()][^()]*\.cs\([0-9]+,/)) {
                where = substr(line, 1, RLENGTH - 1)
                sub(/\(/, ":", where)
            }
            next
        }
        { report() }
        END {
            report()
            for (name in running) if (running[name] > 0) print name ": the suite " end " before this test had ended"
        }'
}

count() { sed -n "s/.*<assembly [^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1 | grep . || echo 0; }

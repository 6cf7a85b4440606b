"""All benchmarks in one run: `make bench`."""

from tests.bench import (
    commands,
    decode,
    echo,
    feed,
    feed_open,
    ledger,
    output,
    people,
    repaint,
    scan,
    slow_line,
    soak,
    start,
    table,
)

commands.main([])
print()
decode.main()
print()
echo.main()
print()
feed.main()
print()
feed_open.main([])
print()
ledger.main([])
print()
output.main()
print()
people.main()
print()
repaint.main()
print()
scan.main()
print()
slow_line.main([])
print()
start.main([])
print()
table.main()
print()
soak.main(["--actions", "1000"])  # a fifth of a day; `python -m tests.bench.soak` is the whole

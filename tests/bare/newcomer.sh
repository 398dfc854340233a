# What a newcomer does, inside the bare root: newcomer.sh PORT
set -euo pipefail
port=$1
cd /home/holon

fetch() {
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" "$port" >&3
  cat <&3
  exec 3>&-
}

# The programs of this build that run, by what /proc says.
left_over() {
  local exe
  for exe in /proc/[0-9]*/exe; do readlink "$exe" || true; done | grep "^$PWD/build/" || true
}

expect_page() {
  local page
  page=$(fetch / | tr -d '\0')
  grep -q '^HTTP/1.1 200' <<<"$page" || { echo "no page: ${page:0:2000}"; exit 1; }
  grep -q '/product/' <<<"$page" || { echo "the page shows no products: ${page:0:2000}"; exit 1; }
}

for placement in split monolith; do
  began=$SECONDS
  ./run -d --wait --placement "$placement" --port "$port" >"$HOME/run.log" 2>&1 || { cat "$HOME/run.log"; exit 1; }
  took=$((SECONDS - began))
  echo "$placement answers after $took s"
  if [ "$placement" = monolith ] && { [ $took -gt 15 ] || grep -q '^\[1/.*\(Building\|Generating\)' "$HOME/run.log"; }; then
    echo "a second ./run should build nothing and be up in seconds"
    exit 1
  fi
  expect_page
  build/bin/holon down -f examples/shop/holon.yaml
  left=$(left_over)
  [ -z "$left" ] || { echo "down left these behind: $left"; exit 1; }
done

# What ./run and ./test share: the packages of packages.txt, and the configured build folder. Sourced, from the top folder.

# Without it ccache passes by whatever uses a precompiled header.
export CCACHE_SLOPPINESS=pch_defines,time_macros

say() { if [ -t 2 ]; then printf '\033[1m%s\033[0m\n' "$*" >&2; else printf '%s\n' "$*" >&2; fi; }
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The lines of these groups of packages.txt.
packages_of() {
  local group
  for group in "$@"; do
    sed -n "/^\[$group\]/,/^\[/{/^[a-z0-9]/p}" packages.txt
  done
}

# Those of them that this machine lacks, one a line. One query for all: it runs at every start.
missing_packages() {
  local package file installed
  installed=$(dpkg-query -W -f='${db:Status-Abbrev}${Package} \n' 2>/dev/null | sed -n 's/^ii *//p')
  packages_of "$@" | while read -r package file; do
    if ! grep -qx "$package " <<<"$installed" && [ ! -e "${file:-/nonexistent}" ]; then echo "$package"; fi
  done
}

# Installs what is missing of these groups, as root or by sudo.
install_packages() {
  local missing root=()
  command -v dpkg-query >/dev/null || fail "This needs Debian 12 or a system like it: dpkg-query is not here."
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "As root, please: apt-get install --no-install-recommends ${missing[*]}"
    root=(sudo)
  fi
  say "Installing ${#missing[@]} Debian packages (the list is packages.txt, the reasons docs/dependencies.md):"
  printf '%s\n' "${missing[*]}" | fold -s -w 110 | sed 's/^/  /' >&2
  mkdir -p build
  # Lists that are absent or too old make the first try fail.
  if ! apt_get install "${missing[@]}" >build/packages.log 2>&1; then
    apt_get update >>build/packages.log 2>&1 || packages_failed
    apt_get install "${missing[@]}" >>build/packages.log 2>&1 || packages_failed
  fi
}

apt_get() {
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends "$@" \
    </dev/null
}

packages_failed() {
  tail -n 20 build/packages.log >&2
  fail "apt-get failed; all it said is in build/packages.log"
}

# Configures a preset unless its folder is configured already with these settings (-DNAME=ON); from then on ninja itself
# configures again when a CMakeLists.txt changes.
#   configure release build -DHOLON_TESTS=ON
configure() {
  local preset=$1 folder=$2 setting stale=
  shift 2
  [ -f "$folder/build.ninja" ] || stale=yes
  for setting in "$@"; do
    grep -qs "^${setting#-D}\$" <(sed 's/:[A-Z]*=/=/' "$folder/CMakeCache.txt" 2>/dev/null) || stale=yes
  done
  [ -n "$stale" ] || return 0
  say "Configuring $folder"
  mkdir -p "$folder"
  cmake --preset "$preset" "$@" >"$folder/configure.log" 2>&1 ||
    { tail -n 30 "$folder/configure.log" >&2; fail "cmake failed; all it said is in $folder/configure.log"; }
}

# Builds targets of a folder; ninja shows how far it is.
build() {
  local folder=$1
  shift
  cmake --build "$folder" --target "$@" || fail "The build of $folder failed; the first error above says where."
}

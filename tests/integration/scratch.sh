# For the scripts of this folder.

# checkout_copy SOURCES DIRECTORY PROGRAMS: a copy of the checkout, made of links, but for what is
# built: build/release/bin has the programs.
checkout_copy() {
  local entry
  for entry in "$1"/*; do
    [ "$(basename "$entry")" = build ] || ln -s "$entry" "$2/"
  done
  mkdir -p "$2/build/release"
  ln -s "$3" "$2/build/release/bin"
}

# still_in DIRECTORY: the processes that stand in it.
still_in() {
  local process
  for process in /proc/[0-9]*; do
    [[ $(readlink "$process/cwd" 2>/dev/null) != "$1"* ]] || echo "${process#/proc/}"
  done
}

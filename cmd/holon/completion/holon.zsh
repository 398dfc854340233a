#compdef holon
# Completion of `holon` in zsh: what may stand next is asked of the program itself.
_holon() {
  local word about
  local -a told
  while IFS=$'\t' read -r word about; do
    case $word in
      :file) _files ;;
      :directory) _files -/ ;;
      :command) _command_names -e ;;
      *=) compadd -S '' -- "$word" ;;
      *) told+=("${word//:/\\:}:$about") ;;
    esac
  done < <($words[1] complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#told )) && _describe holon told
}
if [[ $funcstack[1] == _holon ]]; then _holon "$@"; else compdef _holon holon; fi

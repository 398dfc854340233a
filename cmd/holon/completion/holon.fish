# Completion of `holon` in fish: what may stand next is asked of the program itself.
function __holon_complete
  set -l typed (commandline -opc) (commandline -ct)
  for line in ($typed[1] complete -- $typed[2..-1] 2>/dev/null)
    switch $line
      case :file
        __fish_complete_path (commandline -ct)
      case :directory
        __fish_complete_directories (commandline -ct)
      case :command
        complete -C (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c holon -f -a '(__holon_complete)'

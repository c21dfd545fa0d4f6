# Makes of plots/palette.json what the page has of it: the lists of palette.h, the variables of palette.css.
#   cmake -DIN=palette.json -DHEADER=palette.h -DCSS=palette.css -P palette.cmake
cmake_minimum_required(VERSION 3.25)
file(READ ${IN} palette)

# get(VARIABLE KEY...) and members_of(VARIABLE KEY...): a value, and the names in an object
macro(get variable)
  string(JSON ${variable} GET "${palette}" ${ARGN})
endmacro()
function(members_of variable)
  string(JSON count LENGTH "${palette}" ${ARGN})
  set(names "")
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON name MEMBER "${palette}" ${ARGN} ${i})
    list(APPEND names ${name})
  endforeach()
  set(${variable} ${names} PARENT_SCOPE)
endfunction()
# list_of(VARIABLE KEY...): the entries of an array
function(list_of variable)
  string(JSON count LENGTH "${palette}" ${ARGN})
  set(entries "")
  if(count GREATER 0)
    math(EXPR last "${count} - 1")
    foreach(i RANGE ${last})
      string(JSON entry GET "${palette}" ${ARGN} ${i})
      list(APPEND entries "${entry}")
    endforeach()
  endif()
  set(${variable} "${entries}" PARENT_SCOPE)
endfunction()

set(colours "") # X(name, "light")
set(light "")
set(dark "")
foreach(kind surfaces colours)
  members_of(names ${kind})
  foreach(name ${names})
    get(value ${kind} ${name} light)
    string(APPEND colours " \\\n    X(${name}, \"${value}\")")
    string(APPEND light " --${name}: ${value};")
    get(value ${kind} ${name} dark)
    string(APPEND dark " --${name}: ${value};")
  endforeach()
endforeach()

set(dashes "") # X(name, "stroke-dasharray"): of a line of 2 px
members_of(names dashes_in_half_widths)
foreach(name ${names})
  list_of(lengths dashes_in_half_widths ${name})
  list(JOIN lengths " " lengths)
  string(APPEND dashes " \\\n    X(${name}, \"${lengths}\")")
endforeach()

set(known "") # X("stack", colour, dash)
set(taken "")
list_of(rows known)
foreach(row ${rows})
  string(JSON stack GET "${row}" stack)
  string(JSON colour GET "${row}" colour)
  string(JSON dash GET "${row}" dash)
  string(APPEND known " \\\n    X(\"${stack}\", ${colour}, ${dash})")
  list(APPEND taken "${colour} ${dash}")
endforeach()

set(free "") # X(colour, dash): what no known stack has
list_of(free_colours free colours)
list_of(free_dashes free dashes)
foreach(dash ${free_dashes})
  foreach(colour ${free_colours})
    if(NOT "${colour} ${dash}" IN_LIST taken)
      string(APPEND free " \\\n    X(${colour}, ${dash})")
    endif()
  endforeach()
endforeach()

get(most stacks_most)
get(beside stacks_most_beside_sweeps)
file(WRITE ${HEADER} "/* Made of palette.json by palette.cmake. */
#define PALETTE_COLOURS(X)${colours}
#define PALETTE_DASHES(X)${dashes}
#define PALETTE_KNOWN(X)${known}
#define PALETTE_FREE(X)${free}
#define PALETTE_STACKS_MOST ${most}
#define PALETTE_STACKS_MOST_BESIDE_SWEEPS ${beside}
")
file(WRITE ${CSS} ":root {${light} }
@media (prefers-color-scheme: dark) { :root {${dark} } }
")

# Makes a C array of a file: cmake -DIN=file -DOUT=header -DNAME=array -P embed.cmake
file(READ ${IN} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
get_filename_component(from ${IN} NAME)
file(WRITE ${OUT} "/* Made of ${from} by embed.cmake. */\nstatic const char ${NAME}[] = {\n${bytes}};\n")

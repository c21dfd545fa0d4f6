# Joins the page's scripts into one, and says by which hash its content security policy knows it:
# cmake -DIN=a.js,b.js -DOUT=joined.js -DHEADER=hash.h -P script.cmake
string(REPLACE "," ";" files ${IN})
set(text "(() => {\n'use strict';\n")
foreach(file ${files})
  file(READ ${file} part)
  string(APPEND text "${part}")
endforeach()
string(APPEND text "})();\n")
# either would end the element, or make a comment of it, whatever the script means by it
if(text MATCHES "</[sS][cC][rR][iI][pP][tT]" OR text MATCHES "<!--")
  message(FATAL_ERROR "a script of the page holds </script or <!--: write it in two parts")
endif()
file(WRITE ${OUT} "${text}")

# CMake's hash is hexadecimal, the policy's in base64 (RFC 4648): three bytes make four letters.
file(SHA256 ${OUT} hex)
set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
set(hash "")
foreach(at RANGE 0 63 6)
  string(SUBSTRING "${hex}00" ${at} 6 bytes) # 32 bytes, and one more to fill the last three
  foreach(shift 18 12 6 0)
    math(EXPR letter "(0x${bytes} >> ${shift}) & 63")
    string(SUBSTRING ${alphabet} ${letter} 1 letter)
    string(APPEND hash ${letter})
  endforeach()
endforeach()
string(SUBSTRING ${hash} 0 43 hash) # the last letter is of the byte that was put there
file(WRITE ${HEADER} "/* Made by script.cmake. */\n#define REPORT_SCRIPT_HASH \"sha256-${hash}=\"\n")

/* For a guest that seems to be linked by Go with the C library, as cgo's programs are: the note that
 * Go's linker leaves. Sizes of owner and description, the kind, and both. */
__asm__(".pushsection .note.go.buildid, \"a\", @note\n"
        ".balign 4\n"
        ".long 4, 4, 4\n"
        ".ascii \"Go\\0\\0\"\n"
        ".long 0\n"
        ".popsection");

/* Elements of pictures (svg.h). */
#include "harness/report/svg.h"

#include "harness/report/text.h"

void pl_svg_begin(FILE *out, double width, double height)
{
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
            "height=\"%.0f\">\n<rect width=\"%.0f\" height=\"%.0f\" style=\"fill:" PL_SVG_PAPER
            "\"/>\n",
            width, height, width, height, width, height);
}

void pl_svg_end(FILE *out)
{
    fputs("</svg>\n", out);
}

void pl_svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *colour)
{
    fprintf(out, "<path d=\"M%.1f %.1fL%.1f %.1f\" style=\"fill:none;stroke:%s\"/>\n", x1, y1, x2,
            y2, colour);
}

void pl_svg_dot(FILE *out, double x, double y, const char *colour)
{
    fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" style=\"fill:%s\"/>\n", x, y, colour);
}

void pl_svg_text(FILE *out, double x, double y, const char *anchor, const char *colour,
                 const char *text)
{
    fprintf(out,
            "<text x=\"%.1f\" y=\"%.1f\" style=\"fill:%s;text-anchor:%s;font:11px 'DejaVu "
            "Sans',sans-serif\">",
            x, y, colour, anchor);
    pl_text_xml(out, text);
    fputs("</text>\n", out);
}

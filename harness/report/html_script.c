/* The page's script and what it draws (html_write.h). */
#include "harness/report/html_write.h"
#include "harness/report/payload.h"
#include "report_script.h"
#include "report_script_hash.h"

void pl_html_policy(const struct pl_html *p)
{
    fputs("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; script-src '" REPORT_SCRIPT_HASH "'\">\n",
          p->out);
}

void pl_html_script(struct pl_html *p)
{
    json_t *payload = pl_payload_make(p->model, p->curves);
    fputs("<script type=\"application/json\" id=\"figures\">", p->out);
    int rc = pl_payload_write(p->out, payload);
    p->rc = p->rc ? p->rc : rc;
    json_decref(payload);
    fputs("</script>\n<script>", p->out);
    fwrite(report_script, 1, sizeof report_script, p->out);
    fputs("</script>\n", p->out);
}

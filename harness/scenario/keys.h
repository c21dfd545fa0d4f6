/* Keys with decoders of their own, each beside the others of its section: what the schema's table
 * names. Each takes the nodes of the key and the value; @return 0 or -EINVAL, with one line. */
#ifndef PL_SCENARIO_KEYS_H
#define PL_SCENARIO_KEYS_H

struct pl_decoder;
struct fy_node;

int pl_decode_extends(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_program_command(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_program_environment(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_program_ready(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_program_stop(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_program_send(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_program_clients(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_program_actions(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_container(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_relay_stalls(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_load(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_session_objects(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_renew(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_background(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_classes(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_limits(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_churn(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_outages(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_sources(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_stalls(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_viewer_stalls(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_allocators(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_sweep(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_formats(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_threads(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_alerts(struct pl_decoder *, struct fy_node *key, struct fy_node *value);
int pl_decode_expect(struct pl_decoder *, struct fy_node *key, struct fy_node *value);

#endif

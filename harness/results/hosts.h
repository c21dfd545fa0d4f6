/* The hosts of a document. A run has one, `host`; where cells of several lie together, `hosts`
 * lists them, the first as `host`, and each cell says its place among them. Noisy figures of two
 * hosts are never compared. */
#ifndef PL_RESULTS_HOSTS_H
#define PL_RESULTS_HOSTS_H

#include <jansson.h>
#include <stddef.h>

/** Finds a host among those of a document. @return its place; pl_hosts_count where it is none */
size_t pl_hosts_find(const json_t *root, const json_t *host);

/** Finds a host among those of a document, or adds it; then the cells that are there are told that
 *  theirs is the first.
 *  @param host a fingerprint (host.h); the reference is taken @return its place, from 0 */
size_t pl_hosts_add(json_t *root, json_t *host);

/** Tells a cell its host, where the document has several. @param host its place */
void pl_hosts_note(const json_t *root, json_t *cell, size_t host);

/** How many there are. */
size_t pl_hosts_count(const json_t *root);

/** The place of a cell's host. */
size_t pl_hosts_place(const json_t *cell);

/** The fingerprint of the host that a cell ran on. @return NULL where the document has none
 *  @param cell NULL: of the first */
json_t *pl_hosts_of(const json_t *root, const json_t *cell);

#endif

#!/usr/bin/env bash
# OpenSSL: from Debian 12 to 13 an idle DTLS connection weighs half as much again
# Guess: what an idle connection holds are its two record buffers and little else; a release adds
#   some percent to that, the same for TLS and DTLS.
# Instead: after the handshake the two ends of a DTLS connection hold 141 KiB together where they
#   held 91, and those of a TLS connection 83 where they held 62. Of what was added to a DTLS end the
#   largest are two blocks of 15,336 bytes, where 3.0 has one of 7,608.
# Version: OpenSSL 3.0.22 (Debian 12) and 3.5.9 (Debian 13).
# Why it matters: a WebRTC server holds such an end for each peer, idle from the handshake on, since
#   the media go by SRTP: 25 KiB more an end are 0.25 GB more for 10,000 peers, by an upgrade of the
#   system. A measurement of HTTPS on the same library shows less than half of it.
# Seen: KiB of 100 connections, both ends: 3.0.22: TLS 6224, DTLS 9096; 3.5.9: TLS 8260, DTLS 14140
. "$(dirname "$0")/common"
fetch libssl3=3.0.22-1~deb12u2 libssl-dev=3.0.22-1~deb12u2
fetch_from trixie libc6 zlib1g libzstd1 libssl3t64=3.5.9-1~deb13u1
compile connect -I"$root/usr/include/$arch" -lssl -lcrypto <<'C'
#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "resident.h"

enum { CONNECTIONS = 100, FIRST = 5, MTU = 1200, A_DAY = 86400 };

static SSL_CTX *context(int is_dtls) { // with a certificate of its own, as WebRTC has it
    SSL_CTX *context = SSL_CTX_new(is_dtls ? DTLS_method() : TLS_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *own = X509_new();
    if (!context || !key || !own)
        exit(77);
    ASN1_INTEGER_set(X509_get_serialNumber(own), 1);
    X509_gmtime_adj(X509_getm_notBefore(own), 0);
    X509_gmtime_adj(X509_getm_notAfter(own), A_DAY);
    X509_set_pubkey(own, key);
    X509_sign(own, key, EVP_sha256());
    SSL_CTX_use_certificate(context, own);
    SSL_CTX_use_PrivateKey(context, key);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return context;
}

static SSL *endpoint(SSL_CTX *context, BIO *in, BIO *out) {
    SSL *end = SSL_new(context);
    BIO_up_ref(in);
    BIO_up_ref(out);
    SSL_set_bio(end, in, out);
    SSL_set_options(end, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(end, MTU);
    return end;
}

static void connection(SSL_CTX *context) { // both of its ends, and stays
    BIO *there = BIO_new(BIO_s_mem()), *back = BIO_new(BIO_s_mem());
    SSL *caller = endpoint(context, back, there), *called = endpoint(context, there, back);
    BIO_set_mem_eof_return(there, -1);
    BIO_set_mem_eof_return(back, -1);
    SSL_set_connect_state(caller);
    SSL_set_accept_state(called);
    for (int i = 0; i < 20; i++) {
        SSL_do_handshake(caller);
        SSL_do_handshake(called);
    }
    if (!SSL_is_init_finished(caller) || !SSL_is_init_finished(called))
        exit(77);
}

int main(int argc, char **argv) { // KiB of a hundred connections
    SSL_CTX *both;
    long base;
    without_huge_pages();
    both = context(!strcmp(argv[argc - 1], "dtls"));
    for (int i = 0; i < FIRST; i++) // what is loaded once
        connection(both);
    base = resident();
    for (int i = 0; i < CONNECTIONS; i++)
        connection(both);
    printf("%ld %s\n", resident() - base, OpenSSL_version(OPENSSL_VERSION_STRING));
    return 0;
}
C
older=$(run 40 connect tls && run 40 connect dtls) || skip "no handshake with OpenSSL 3.0"
newer=$(run_on trixie "" 40 connect tls && run_on trixie "" 40 connect dtls) ||
    skip "no handshake with OpenSSL 3.5"
read -r tls version dtls _ <<<"$(xargs <<<"$older")"
read -r tls_newer version_newer dtls_newer _ <<<"$(xargs <<<"$newer")"
echo "OpenSSL $version: KiB of 100 connections, TLS $tls, DTLS $dtls"
echo "OpenSSL $version_newer: KiB of 100 connections, TLS $tls_newer, DTLS $dtls_newer"
[ $((4 * dtls_newer)) -ge $((5 * dtls)) ] ||
    changed "DTLS weighs $dtls_newer KiB, expected a quarter more than $dtls at least"
[ $((dtls_newer - dtls)) -ge $((3 * (tls_newer - tls) / 2)) ] ||
    changed "DTLS grew by $((dtls_newer - dtls)) KiB, expected half more than TLS at least"
as_stated "100 DTLS connections weigh $dtls_newer KiB where they weighed $dtls," \
    "TLS $tls_newer and $tls"

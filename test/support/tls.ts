/**
 * A certificate of its own for localhost and 127.0.0.1, good from 2020 to 2120, and its key. It guards nothing: both
 * are public. Made with `openssl ca -selfsign -startdate 20200101000000Z -enddate 21200101000000Z` from a key of
 * `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`, so that no clock is too early for it.
 */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBZjCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAEY0HmHNAxHiDQy
h1ZW2o8ohs89187Lclaw+NsE6N21mFuskuJmOGGK+DcIH+3+QPD7ssjDPK+WJBFQ
BETiHcqjTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBT4lT3KWKVXXy7IeZ70lBdiyDJMnjAKBggqhkjOPQQD
AgNHADBEAiAAqMs31RRZxZctyXFwSG0/v0NuotZpQmlReMOVH1xpcAIgVpNkBiuq
93j5sJfngckM3KI8VSAZMiOIlCJnc7/y9Ng=
-----END CERTIFICATE-----`;

export const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTzA36RPTzn+jhaYc
0ZpUo9BvAT9XE+IlKYYnG+agUgahRANCAAQBGNB5hzQMR4g0ModWVtqPKIbPPdfO
y3JWsPjbBOjdtZhbrJLiZjhhivg3CB/t/kDw+7LIwzyvliQRUARE4h3K
-----END PRIVATE KEY-----`;

/** How clients are told to trust it, or not to ask. */
export const TRUSTING = { ca: CERTIFICATE, servername: null };
export const CARELESS = { ca: null, servername: null };

//! Which private key files are accepted.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use salesforce::KeyError;
use tempfile::TempDir;

use crate::rig::{build, pem, pkcs8_der, pkcs8_pem, settings};

fn open(content: &[u8]) -> Result<(), KeyError> {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("key.pem");
    std::fs::write(&path, content).unwrap();
    build(settings("http://localhost:1", path), Arc::new(AtomicI64::new(0))).map(drop)
}

/// The `RSAPrivateKey` inside a 2048-bit PKCS#8 key: 26 bytes of version, algorithm and lengths come first.
fn pkcs1_der() -> Vec<u8> {
    pkcs8_der()[26..].to_vec()
}

#[test]
fn pkcs8_and_pkcs1_are_accepted_with_and_without_a_final_newline() {
    for pem in [pkcs8_pem(), pem("RSA PRIVATE KEY", &pkcs1_der())] {
        assert_eq!(open(pem.as_bytes()), Ok(()));
        assert_eq!(open(pem.trim_end().as_bytes()), Ok(()));
        assert_eq!(open(pem.replace('\n', "\r\n").as_bytes()), Ok(()));
    }
}

#[test]
fn encrypted_keys_are_refused_as_such() {
    let pkcs8 = pem("ENCRYPTED PRIVATE KEY", &pkcs8_der());
    let pkcs1 = pem("RSA PRIVATE KEY", &pkcs1_der())
        .replace("KEY-----\nMII", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMII");
    for pem in [pkcs8, pkcs1] {
        assert_eq!(open(pem.as_bytes()), Err(KeyError::Encrypted));
    }
}

#[test]
fn other_files_are_refused() {
    let damaged = pem("RSA PRIVATE KEY", &pkcs1_der()[..400]);
    assert!(matches!(open(damaged.as_bytes()), Err(KeyError::NotRsa | KeyError::Unusable)));
    assert_eq!(open(b""), Err(KeyError::NotRsa));
    assert_eq!(open(pem("CERTIFICATE", &pkcs8_der()).as_bytes()), Err(KeyError::NotRsa));
    // A P-256 key of the PKCS#8 form: right frame, wrong algorithm.
    let pair =
        aws_lc_rs::signature::EcdsaKeyPair::generate(&aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING)
            .unwrap();
    let elliptic = pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref());
    assert_eq!(open(elliptic.as_bytes()), Err(KeyError::NotRsa));
}

#[test]
fn a_missing_file_is_unreadable() {
    let dir = TempDir::new().unwrap();
    let result = build(settings("http://localhost:1", dir.path().join("none")), Arc::new(AtomicI64::new(0)));
    assert_eq!(result.map(drop), Err(KeyError::Unreadable(std::io::ErrorKind::NotFound)));
}

//! The picture store.

use steelyard::evidence::journal::sha256_hex;
use steelyard::store::{PictureStore, StoreError};

#[tokio::test]
async fn pictures_are_named_by_their_digest_and_checked_when_read() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = PictureStore::in_folder(&folder.path().join("deep/pictures")).unwrap();
    let bytes = b"\xff\xd8 not much of a truck \xff\xd9".to_vec();
    let name = pictures.put(bytes.clone()).await.unwrap();
    assert_eq!(name, sha256_hex(&bytes));
    assert_eq!(
        pictures.put(bytes.clone()).await.unwrap(),
        name,
        "twice is once"
    );
    assert_eq!(pictures.get(&name).await.unwrap(), bytes);

    let path = folder
        .path()
        .join("deep/pictures")
        .join(&name[..2])
        .join(format!("{name}.jpg"));
    std::fs::write(&path, b"another truck").unwrap();
    let refused = pictures.get(&name).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::DamagedPicture { .. }),
        "{refused:?}"
    );
    assert_eq!(
        pictures.put(bytes.clone()).await.unwrap(),
        name,
        "putting it again mends it"
    );
    assert_eq!(pictures.get(&name).await.unwrap(), bytes);

    for absent in [
        "",
        "ab",
        "../../../etc/passwd",
        &"A".repeat(64),
        &"0".repeat(64),
    ] {
        let refused = pictures.get(absent).await;
        assert!(
            matches!(refused, Err(StoreError::NoPicture { .. })),
            "{absent}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let refused = PictureStore::in_folder(&file.join("pictures")).unwrap_err();
    assert!(refused.to_string().contains("file/pictures"), "{refused}");
}

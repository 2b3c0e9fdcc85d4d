//! Pictures (图片), named by their own digest and durable before they are named anywhere.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::StoreError;
use crate::evidence::journal::sha256_hex;

/// Content-addressed pictures behind `object_store`. Cheap to clone.
///
/// A picture's name is the SHA-256 of its bytes: `ab/abcdef….jpg`. Storing the same bytes twice is
/// storing them once, and reading checks them. For local folders `object_store`'s own fsync is
/// switched on: file, rename and every new folder are on disk before [`PictureStore::put`] returns.
#[derive(Debug, Clone)]
pub struct PictureStore {
    objects: Objects,
}

#[derive(Debug, Clone)]
enum Objects {
    Open(Arc<dyn ObjectStore>),
    /// A folder that may not exist; it is opened at each look, never made.
    Folder(PathBuf),
}

impl PictureStore {
    /// Pictures in a local folder, which is made when it is missing.
    ///
    /// # Errors
    /// [`StoreError::Folder`] when it can't be made or used.
    pub fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
            path: folder.display().to_string(),
            source,
        })?;
        let objects = LocalFileSystem::new_with_prefix(folder)
            .map_err(failed)?
            .with_fsync(true);
        Ok(Self {
            objects: Objects::Open(Arc::new(objects)),
        })
    }

    /// Pictures in a local folder for reading; it isn't made when it is missing.
    pub fn at_folder(folder: &Path) -> Self {
        Self {
            objects: Objects::Folder(folder.to_owned()),
        }
    }

    fn objects(&self) -> Result<Arc<dyn ObjectStore>, StoreError> {
        match &self.objects {
            Objects::Open(objects) => Ok(Arc::clone(objects)),
            Objects::Folder(folder) => {
                let objects = LocalFileSystem::new_with_prefix(folder).map_err(failed)?;
                Ok(Arc::new(objects.with_fsync(true)))
            }
        }
    }

    /// Makes a picture durable and gives its name, the SHA-256 in hex.
    ///
    /// # Errors
    /// [`StoreError::Pictures`], e.g. on a full disk; nothing half-written is left under the name.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        let sha256 = sha256_hex(&bytes);
        self.objects()?
            .put(&place(&sha256), PutPayload::from(bytes))
            .await
            .map_err(failed)?;
        Ok(sha256)
    }

    /// Reads a picture and checks its digest.
    ///
    /// # Errors
    /// [`StoreError::NoPicture`], [`StoreError::DamagedPicture`] or [`StoreError::Pictures`].
    pub async fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let absent = || StoreError::NoPicture {
            sha256: sha256.to_owned(),
        };
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        // A name that is no digest never reaches the file system.
        if sha256.len() != 64 || !sha256.bytes().all(lower_hex) {
            return Err(absent());
        }
        let bytes = match self.objects()?.get(&place(sha256)).await {
            Ok(found) => found.bytes().await.map_err(failed)?.to_vec(),
            Err(object_store::Error::NotFound { .. }) => return Err(absent()),
            Err(error) => return Err(failed(error)),
        };
        let found = sha256_hex(&bytes);
        if found == sha256 {
            Ok(bytes)
        } else {
            Err(StoreError::DamagedPicture {
                sha256: sha256.to_owned(),
                found,
            })
        }
    }
}

fn place(sha256: &str) -> object_store::path::Path {
    let folder = sha256.get(..2).unwrap_or_default();
    object_store::path::Path::from(format!("{folder}/{sha256}.jpg"))
}

fn failed(error: object_store::Error) -> StoreError {
    StoreError::Pictures {
        message: error.to_string(),
    }
}

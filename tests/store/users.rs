//! Users and sessions.

use steelyard::evidence::journal::sha256_hex;
use steelyard::role::Role;
use steelyard::store::StoreError;
use steelyard::store::records::Actor;
use steelyard::units::Micros;

use crate::support::{DAY, Engine, Place, on_both_engines, verify};

async fn sessions_end_by_time_by_logout_and_with_the_account(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let chief = Actor("chief".to_owned());
    store
        .put_user("li.na", Role::Reviewer, "$argon2id$hash", true, &chief)
        .await
        .unwrap();
    let entry = store.journal_entry(1).await.unwrap().unwrap();
    assert_eq!(
        (entry.kind.as_str(), entry.actor.as_str()),
        ("user_changed", "chief")
    );
    assert!(
        !entry.body.unwrap().contains("argon2"),
        "no hash in the journal"
    );

    let (token, now) = (sha256_hex(b"token"), Micros::new(DAY));
    let later = Micros::new(DAY + 1_000);
    store.put_session(&token, "li.na", later).await.unwrap();
    let session = store.session(&token, now).await.unwrap().unwrap();
    assert_eq!(
        (session.user_name.as_str(), session.role.as_str()),
        ("li.na", "reviewer")
    );
    assert_eq!(
        store.session(&token, later).await.unwrap(),
        None,
        "it has run out"
    );

    store
        .put_user("li.na", Role::Auditor, "$argon2id$hash", true, &chief)
        .await
        .unwrap();
    assert_eq!(
        store.session(&token, now).await.unwrap().unwrap().role,
        "auditor"
    );
    store
        .put_user("li.na", Role::Auditor, "$argon2id$hash", false, &chief)
        .await
        .unwrap();
    assert_eq!(
        store.session(&token, now).await.unwrap(),
        None,
        "the account is closed"
    );
    store
        .put_user("li.na", Role::Auditor, "$argon2id$hash", true, &chief)
        .await
        .unwrap();
    store.delete_session(&token).await.unwrap();
    assert_eq!(store.session(&token, now).await.unwrap(), None);
    store.delete_session(&token).await.unwrap();

    let refused = store.put_session(&token, "nobody", later).await;
    assert!(
        matches!(refused, Err(StoreError::UnknownUser { .. })),
        "{refused:?}"
    );
    assert_eq!(store.users().await.unwrap().len(), 1);
    assert_eq!(store.user("nobody").await.unwrap(), None);
    verify(&store).await;
}

on_both_engines!(sessions_end_by_time_by_logout_and_with_the_account);

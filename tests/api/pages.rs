//! The console's page, as it comes over HTTP.

use reqwest::{Method, StatusCode, header};
use steelyard::law::VerdictClass;
use steelyard::role::Role;

use crate::site::{PLATE, Site, Truck};

async fn page(site: &Site, token: Option<&str>, path: &str) -> String {
    let response = site.request(Method::GET, token, path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn strangers_see_the_login_form_and_nothing_else() {
    let site = Site::new().await;
    site.cross(&Truck::overloaded(1)).await;
    let html = page(&site, None, "/").await;
    assert!(
        html.contains("<html lang=\"zh\">") && html.contains(">登录<"),
        "{html}"
    );
    assert!(html.contains("杨家岭治超检测站"));
    assert!(!html.contains(PLATE));
    let english = page(&site, None, "/?lang=en").await;
    assert!(english.contains("<html lang=\"en\">") && english.contains(">Sign in<"));
    site.shut_down().await;
}

#[tokio::test]
async fn the_board_shows_plate_mass_class_and_ports_in_both_languages() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    let empty = page(&site, Some(&token), "/").await;
    assert!(empty.contains("还没有车辆通过"));
    let id = site.cross(&Truck::overloaded(1)).await;
    site.cross(&Truck {
        class: Some(VerdictClass::HundredTon),
        ..Truck::overloaded(7_200)
    })
    .await;
    site.cross(&Truck {
        plate: None,
        class: Some(VerdictClass::Overloaded),
        ..Truck::new(2)
    })
    .await;
    let sha256 = site.store.pictures_of(&id).await.unwrap()[0].sha256.clone();
    for (path, words) in [
        (
            "/?lang=zh",
            [
                "超限",
                "百吨王",
                "无车牌",
                "已立案",
                "没有完整的照片",
                "断开",
                "待初审",
            ],
        ),
        (
            "/?lang=en",
            [
                "Overloaded",
                "Hundred-ton",
                "no plate",
                "case opened",
                "there is no complete picture",
                "disconnected",
                "Awaiting first review",
            ],
        ),
    ] {
        let html = page(&site, Some(&token), path).await;
        for word in words {
            assert!(html.contains(word), "{path} lacks {word}");
        }
        for figure in [
            PLATE, "57,170", "49,000", "5,447", "+11.12%", "16:00:01", &sha256, &id,
        ] {
            assert!(html.contains(figure), "{path} lacks {figure}");
        }
        assert!(
            html.contains("no such device &#60;wim-1&#62;"),
            "text is escaped"
        );
        for inline in [
            "<style",
            "style=\"",
            "onclick",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(!html.contains(inline), "{path} has {inline}");
        }
        let scripts: Vec<_> = html.matches("<script").collect();
        assert_eq!(scripts.len(), 1);
        assert!(html.contains("<script src=\"/assets/console.js\" defer></script>"));
    }
    site.shut_down().await;
}

#[tokio::test]
async fn the_language_stays_in_a_cookie() {
    let site = Site::new().await;
    let asked = site
        .request(Method::GET, None, "/?lang=en")
        .send()
        .await
        .unwrap();
    let cookie = asked.headers()[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .to_owned();
    let pair = cookie.split(';').next().unwrap();
    let kept = site.request(Method::GET, None, "/").header("cookie", pair);
    let html = kept.send().await.unwrap().text().await.unwrap();
    assert!(html.contains("<html lang=\"en\">"));
    site.shut_down().await;
}

#[tokio::test]
async fn an_administrator_sees_ports_and_no_plates() {
    let site = Site::new().await;
    let token = site.token("li", Role::Administrator).await;
    site.cross(&Truck::overloaded(1)).await;
    let html = page(&site, Some(&token), "/").await;
    assert!(html.contains("当前角色无权查看") && html.contains("wim-1"));
    assert!(!html.contains(PLATE) && !html.contains("待初审"));
    site.shut_down().await;
}

#[tokio::test]
async fn fragments_keep_the_board_up_to_date() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    let id = site.weigh(&Truck::overloaded(1)).await;
    let card = page(&site, Some(&token), &format!("/board/passages/{id}")).await;
    assert!(
        card.contains("识别中") && card.contains(&format!("data-id=\"{id}\"")),
        "{card}"
    );
    site.status.send_modify(|status| {
        status.ports[0].state = steelyard::status::PortState::Connected;
    });
    let aside = page(&site, Some(&token), "/board/aside").await;
    assert!(aside.contains("正常") && !aside.contains("断开"));
    let missing = site.request(Method::GET, Some(&token), "/board/passages/none");
    assert_eq!(
        missing.send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
    site.shut_down().await;
}

//! The database behind the store's back: its catalogue, its rows as texts, and any statement.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use steelyard::store::DatabaseUrl;

use crate::support::Place;

/// A connection that keeps no rule of the schema but types, keys and `not null`.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A column, by the database's own catalogue.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub is_text: bool,
    pub nullable: bool,
    pub is_key: bool,
}

/// A table, by the database's own catalogue.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

/// A row, as texts in the order of the columns.
pub type Texts = Vec<Option<String>>;

impl Raw {
    pub async fn connect(place: &Place) -> Self {
        match &place.url {
            DatabaseUrl::Sqlite(path) => {
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .foreign_keys(false)
                    .pragma("ignore_check_constraints", "on");
                Self::Sqlite(options.connect().await.unwrap())
            }
            DatabaseUrl::Postgres(url) => {
                let options: PgConnectOptions = url.parse().unwrap();
                let mut raw = Self::Postgres(options.connect().await.unwrap());
                let rules = "select 'alter table ' || cast(conrelid::regclass as text)
                    || ' drop constraint ' || quote_ident(conname) from pg_constraint
                    where contype in ('c', 'f') and connamespace = 'public'::regnamespace
                    and conrelid <> 0";
                for rule in raw.texts(rules.to_owned(), 1).await {
                    raw.run(rule[0].clone().unwrap()).await.unwrap();
                }
                raw
            }
        }
    }

    /// Runs a statement; `None` when the database refuses it.
    pub async fn run(&mut self, sql: String) -> Option<u64> {
        match self {
            Self::Sqlite(connection) => {
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
                done.ok().map(|done| done.rows_affected())
            }
            Self::Postgres(connection) => {
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
                done.ok().map(|done| done.rows_affected())
            }
        }
    }

    /// Rows of texts.
    async fn texts(&mut self, sql: String, columns: usize) -> Vec<Texts> {
        let columns = 0..columns;
        match self {
            Self::Sqlite(connection) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await;
                let rows = rows.unwrap().into_iter();
                rows.map(|row| columns.clone().map(|n| row.get(n)).collect())
                    .collect()
            }
            Self::Postgres(connection) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await;
                let rows = rows.unwrap().into_iter();
                rows.map(|row| columns.clone().map(|n| row.get(n)).collect())
                    .collect()
            }
        }
    }

    /// All tables there are, in the order of their names; what the engine keeps for itself is left out.
    pub async fn tables(&mut self) -> Vec<Table> {
        let sql = match self {
            Self::Sqlite(_) => {
                "select m.name, c.name, lower(c.type),
                    case when c.\"notnull\" = 1 or c.pk > 0 then 'no' else 'yes' end,
                    case when c.pk > 0 then 'yes' else 'no' end
                 from sqlite_master m join pragma_table_info(m.name) c
                 where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'
                 order by m.name, c.cid"
            }
            Self::Postgres(_) => {
                "select cast(t.relname as text), cast(a.attname as text),
                    format_type(a.atttypid, a.atttypmod),
                    case when a.attnotnull then 'no' else 'yes' end,
                    case when a.attnum = any (i.indkey) then 'yes' else 'no' end
                 from pg_class t join pg_attribute a on a.attrelid = t.oid
                 join pg_index i on i.indrelid = t.oid and i.indisprimary
                 where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
                    and a.attnum > 0 and not a.attisdropped
                 order by t.relname, a.attnum"
            }
        };
        let mut tables: Vec<Table> = Vec::new();
        for row in self.texts(sql.to_owned(), 5).await {
            let [name, column, kind, nullable, key] = row.try_into().unwrap();
            let (name, kind) = (name.unwrap(), kind.unwrap());
            let column = Column {
                name: column.unwrap(),
                is_text: kind == "text",
                nullable: nullable.as_deref() == Some("yes"),
                is_key: key.as_deref() == Some("yes"),
            };
            match tables.last_mut() {
                Some(table) if table.name == name => table.columns.push(column),
                _ => tables.push(Table {
                    name,
                    columns: vec![column],
                }),
            }
        }
        tables
    }

    /// All rows of a table, by its key.
    pub async fn rows(&mut self, table: &Table) -> Vec<Texts> {
        let names: Vec<String> = table
            .columns
            .iter()
            .map(|column| format!("cast({} as text)", column.name))
            .collect();
        let keys: Vec<&str> = table
            .columns
            .iter()
            .filter(|column| column.is_key)
            .map(|column| column.name.as_str())
            .collect();
        let (names, keys) = (names.join(", "), keys.join(", "));
        let sql = format!("select {names} from {} order by {keys}", table.name);
        self.texts(sql, table.columns.len()).await
    }
}

impl Column {
    /// A value as SQL writes it.
    fn literal(&self, value: Option<&String>) -> String {
        match value {
            None => "null".to_owned(),
            Some(value) if self.is_text => format!("'{}'", value.replace('\'', "''")),
            Some(value) => value.clone(),
        }
    }
}

impl Table {
    /// The condition that picks one row.
    fn picks(&self, row: &Texts) -> String {
        let parts: Vec<String> = self
            .columns
            .iter()
            .zip(row)
            .filter(|(column, _)| column.is_key)
            .map(|(column, value)| format!("{} = {}", column.name, column.literal(value.as_ref())))
            .collect();
        parts.join(" and ")
    }

    pub fn insert(&self, row: &Texts) -> String {
        let names: Vec<&str> = self.columns.iter().map(|one| one.name.as_str()).collect();
        let values: Vec<String> = self
            .columns
            .iter()
            .zip(row)
            .map(|(column, value)| column.literal(value.as_ref()))
            .collect();
        let (names, values) = (names.join(", "), values.join(", "));
        format!("insert into {} ({names}) values ({values})", self.name)
    }

    pub fn delete(&self, row: &Texts) -> String {
        format!("delete from {} where {}", self.name, self.picks(row))
    }

    pub fn update(&self, from: &Texts, to: &Texts) -> String {
        let changes: Vec<String> = self
            .columns
            .iter()
            .zip(to)
            .map(|(column, value)| format!("{} = {}", column.name, column.literal(value.as_ref())))
            .collect();
        let changes = changes.join(", ");
        format!(
            "update {} set {changes} where {}",
            self.name,
            self.picks(from)
        )
    }
}

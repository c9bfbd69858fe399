//! The language model and the one that stands in for it.

use std::time::Duration;

use eps_adapters::priced_chat_model::TokenPrice;
use secrecy::SecretString;

use super::reader::Reader;

/// The language model.
#[derive(Debug, Clone)]
pub struct LlmSettings {
    /// Which model to ask for.
    pub model: String,
    /// The most tokens of an answer.
    pub max_tokens: u32,
    /// 0 to 2.
    pub temperature: f32,
    /// The most tokens of a prompt, tools included.
    pub prompt_tokens: usize,
    /// The most tokens that a tenant's questions may cost in a day of UTC; none for any number.
    pub tenant_tokens_per_day: Option<u64>,
    /// Whether the model may use tools to look further.
    pub tools: bool,
    /// How long to wait for the first text.
    pub first_token: Duration,
    /// An OpenAI-compatible server; the provider's own when absent.
    pub base_url: Option<String>,
    /// In the order in which they are tried.
    pub api_keys: Vec<SecretString>,
    /// What its tokens cost, when that is to be counted.
    pub price: Option<TokenPrice>,
    /// Asked when the first does not answer.
    pub fallback: Option<FallbackSettings>,
}

/// The language model that stands in for the first one.
#[derive(Debug, Clone)]
pub struct FallbackSettings {
    /// Which model to ask for.
    pub model: String,
    /// Its server; the first one's when absent.
    pub base_url: Option<String>,
    /// Its keys; the first one's when there are none.
    pub api_keys: Vec<SecretString>,
    /// What its tokens cost, when that is to be counted.
    pub price: Option<TokenPrice>,
}

impl LlmSettings {
    /// Whether there is a model to ask at all.
    pub fn is_configured(&self) -> bool {
        self.base_url.is_some() || !self.api_keys.is_empty()
    }

    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let model = read.text("llm.model");
        let max_tokens = read.number("llm.max_tokens", 16, 128_000);
        let temperature = read.number("llm.temperature", 0.0, 2.0);
        let prompt_tokens = read.number("llm.prompt_tokens", 1_000, 1_000_000);
        let tenant_tokens: u64 = read.number("llm.tenant_tokens_per_day", 0, u64::MAX)?;
        let tools = read.flag("llm.tools");
        let first_token = read.number("llm.first_token_seconds", 1, 100).map(Duration::from_secs);
        let base_url = read.url("llm.base_url");
        let mut api_keys: Vec<SecretString> = read.secret("llm.api_key").into_iter().collect();
        api_keys.extend(read.list("llm.api_keys", |key| Ok(SecretString::from(key))));
        let fallback_url = read.url("llm.fallback_base_url");
        let fallback_keys = read.list("llm.fallback_api_keys", |key| Ok(SecretString::from(key)));
        let fallback_model = read.text("llm.fallback_model");
        if fallback_model.is_none() && (fallback_url.is_some() || !fallback_keys.is_empty()) {
            read.problem("llm.fallback_model", "is needed beside the address or the keys of a fallback");
        }
        let [own_price, fallback_price] = ["llm.price", "llm.fallback_price"].map(|key| price(read, key));
        let fallback = fallback_model.map(|model| FallbackSettings {
            model,
            base_url: fallback_url,
            api_keys: fallback_keys,
            price: fallback_price,
        });
        Some(Self {
            model: model?,
            max_tokens: max_tokens?,
            temperature: temperature?,
            prompt_tokens: prompt_tokens?,
            tenant_tokens_per_day: (tenant_tokens > 0).then_some(tenant_tokens),
            tools: tools?,
            first_token: first_token?,
            base_url,
            api_keys,
            price: own_price,
            fallback,
        })
    }
}

/// A price of tokens, when one is set.
fn price(read: &mut Reader<'_>, key: &str) -> Option<TokenPrice> {
    let text = read.text(key)?;
    TokenPrice::parse(&text).map_err(|problem| read.problem(key, problem)).ok()
}

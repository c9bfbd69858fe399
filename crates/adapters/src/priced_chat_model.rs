//! A language model whose answers cost money: what each cost, by the usage that the provider tells. Answers of
//! which it tells none (those cut in the middle) are not in the sum; tries that came to nothing are.

use std::sync::Arc;

use async_trait::async_trait;
use eps_domain::{
    Result,
    chat_model::{ChatChunk, ChatModel, ChatRequest, Usage},
};
use futures::{StreamExt as _, stream::BoxStream};
use metrics::{counter, describe_counter};

use crate::lost_usage::LostCount;

/// What answers cost so far, in millionths of a US dollar, by the number of the model.
pub const LLM_COST: &str = "eps_llm_cost_microdollars_total";

/// US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenPrice {
    /// Tokens that the model reads.
    pub prompt: f64,
    /// Tokens that it writes.
    pub completion: f64,
}

impl TokenPrice {
    /// Reads `2.50/10`: dollars for a million tokens read, and written.
    ///
    /// # Errors
    /// Says how a price is written.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let number = |text: &str| text.trim().parse().ok().filter(|price| (0.0..1e6).contains(price));
        let price = text.split_once('/').and_then(|(prompt, completion)| {
            Some(Self { prompt: number(prompt)?, completion: number(completion)? })
        });
        price.ok_or_else(|| format!("`{text}` is not two prices for a million tokens such as 2.50/10"))
    }

    /// What an answer cost, in millionths of a dollar: a token at a dollar a million costs one of them.
    fn microdollars(self, usage: Usage) -> u64 {
        let cost =
            usage.prompt_tokens as f64 * self.prompt + usage.completion_tokens as f64 * self.completion;
        cost.round() as u64
    }
}

/// See the file.
pub struct PricedChatModel {
    inner: Arc<dyn ChatModel>,
    price: TokenPrice,
    /// Which of the models it is, from 1.
    number: &'static str,
}

impl PricedChatModel {
    /// Counts the answers of `inner` as those of model `number`.
    pub fn new(inner: Arc<dyn ChatModel>, price: TokenPrice, number: &'static str) -> Self {
        describe_counter!(LLM_COST, "Cost of the language model, in millionths of a US dollar.");
        counter!(LLM_COST, "model" => number).increment(0);
        Self { inner, price, number }
    }
}

#[async_trait]
impl ChatModel for PricedChatModel {
    fn model(&self) -> &str {
        self.inner.model()
    }

    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        let (price, number) = (self.price, self.number);
        let count = move |usage: Usage| {
            counter!(LLM_COST, "model" => number).increment(price.microdollars(usage));
        };
        let lost = LostCount::begin(request, count);
        let answer = self.inner.stream(request).await;
        drop(lost);
        let counted = answer?.inspect(move |piece| {
            if let Ok(ChatChunk::Usage(usage)) = piece {
                count(*usage);
            }
        });
        Ok(counted.boxed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_of_a_million_tokens() {
        let price = TokenPrice::parse("2.50/10").unwrap();
        let usage = Usage { prompt_tokens: 1_000, completion_tokens: 100 };
        assert_eq!(price.microdollars(usage), 3_500);
        for wrong in ["", "2.5", "2.5/", "a/b", "-1/2", "1/2/3", "NaN/1", "inf/1"] {
            assert!(TokenPrice::parse(wrong).is_err(), "{wrong}");
        }
    }
}

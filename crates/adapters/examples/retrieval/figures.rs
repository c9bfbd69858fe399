//! The measures, as their authors define them.

use std::collections::HashSet;

/// Normalised discounted cumulative gain of the first ten, every relevant document worth the same
/// (Järvelin and Kekäläinen 2002, with log2(rank + 1) as the discount).
pub(super) fn ndcg_at_10(ranked: &[String], relevant: &HashSet<String>) -> f64 {
    let gain = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
    let found = ranked.iter().take(10).enumerate().filter(|(_, id)| relevant.contains(*id));
    let ideal: f64 = (0..relevant.len().min(10)).map(gain).sum();
    if ideal == 0.0 { 0.0 } else { found.map(|(rank, _)| gain(rank)).sum::<f64>() / ideal }
}

/// Spearman's rank correlation; ties share the mean of their ranks.
pub(super) fn spearman(a: &[f64], b: &[f64]) -> f64 {
    pearson(&ranks(a), &ranks(b))
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|&a, &b| values[a].total_cmp(&values[b]).is_eq()) {
        let before = order.partition_point(|&index| values[index] < values[tied[0]]);
        for &index in tied {
            ranks[index] = before as f64 + (tied.len() as f64 - 1.0) / 2.0;
        }
    }
    ranks
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let spread = |values: &[f64], mean: f64| values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    let shared: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    shared / (spread(a, mean_a) * spread(b, mean_b)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gain_falls_with_the_rank_and_is_one_for_a_perfect_order() {
        let relevant: HashSet<String> = ["a", "b"].map(str::to_owned).into();
        let ranked = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert!((ndcg_at_10(&ranked(&["a", "b", "x"]), &relevant) - 1.0).abs() < 1e-12);
        let second_and_third = ndcg_at_10(&ranked(&["x", "a", "b"]), &relevant);
        assert!((second_and_third - (0.630_929_753_6 + 0.5) / 1.630_929_753_6).abs() < 1e-9);
        assert!(ndcg_at_10(&ranked(&["x", "y"]), &relevant).abs() < 1e-12);
    }

    #[test]
    fn rank_correlation_is_one_for_any_rising_curve_and_shares_ties() {
        assert!((spearman(&[1.0, 2.0, 9.0], &[0.1, 0.2, 0.3]) - 1.0).abs() < 1e-12);
        assert!((spearman(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]) + 1.0).abs() < 1e-12);
        assert_eq!(ranks(&[5.0, 1.0, 5.0]), [1.5, 0.0, 1.5]);
    }
}

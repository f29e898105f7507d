//! The retry budget shared by all calls of a client.

use std::sync::{Mutex, MutexGuard, PoisonError};

const CAPACITY: u32 = 500;
const RETRY_COST: u32 = 5;
/// The cost of a retry after a timeout, which is the most likely sign of an overloaded server.
const TIMEOUT_COST: u32 = 10;
const SUCCESS_REWARD: u32 = 1;

/// A token bucket that pays for retries, as in the AWS SDKs. During an outage it becomes empty, so that retries do not
/// multiply the load on the server.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<u32>);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(Mutex::new(CAPACITY))
    }
}

impl RetryBudget {
    /// Takes the cost of a retry. Returns `None` if too little is left.
    pub(crate) fn acquire(&self, after_timeout: bool) -> Option<u32> {
        let cost = if after_timeout { TIMEOUT_COST } else { RETRY_COST };
        let mut left = self.left();
        *left = left.checked_sub(cost)?;
        Some(cost)
    }

    /// Refunds the cost of the last retry after a success, or a small amount if there was none.
    pub(crate) fn succeeded(&self, cost: Option<u32>) {
        let mut left = self.left();
        *left = left.saturating_add(cost.unwrap_or(SUCCESS_REWARD)).min(CAPACITY);
    }

    fn left(&self) -> MutexGuard<'_, u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_run_out_and_successes_refund_them() {
        let budget = RetryBudget::default();
        assert_eq!((0..1000).filter_map(|_| budget.acquire(false)).count(), 100);
        assert_eq!(budget.acquire(true), None);
        for _ in 0..5 {
            budget.succeeded(None);
        }
        let cost = budget.acquire(false);
        assert_eq!((cost, budget.acquire(false)), (Some(5), None));
        budget.succeeded(cost);
        assert_eq!(budget.acquire(false), Some(5));
        (0..10_000).for_each(|_| budget.succeeded(None));
        assert_eq!((0..1000).filter_map(|_| budget.acquire(true)).count(), 50);
    }
}

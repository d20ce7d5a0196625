//! What a run's questions cost. A question's price is set aside before it is asked, and stays spent unless its answer
//! says that it cost less: of a question that failed or was cancelled nobody knows how much of its work was done. So
//! what is spent never exceeds the budget, however many questions are open at once.

use crate::money::Money;

/// The account of a run, with all machines that take part in it.
#[derive(Debug)]
pub(super) struct Account {
    budget: Option<Money>,
    /// Prices of questions that are open included; `None` before the first that has one.
    spent: Option<Money>,
}

/// Why a question can't be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its price is unknown, and there is a budget to keep.
    Unknown,
    /// It costs more than is left.
    Spent { price: Money, spent: Money, budget: Money },
}

impl Account {
    /// An account of which nothing is spent.
    pub(super) fn new(budget: Option<Money>) -> Self {
        Account { budget, spent: None }
    }

    /// What is spent or set aside; `None` if no question had a price.
    pub(super) fn spent(&self) -> Option<Money> {
        self.spent
    }

    /// Sets a question's price aside.
    ///
    /// # Errors
    /// If the question must not be asked.
    pub(super) fn reserve(&mut self, price: Option<Money>) -> Result<(), Refusal> {
        let Some(price) = price else {
            return if self.budget.is_some() { Err(Refusal::Unknown) } else { Ok(()) };
        };
        let (spent, budget) = (self.spent.unwrap_or_default(), self.budget.unwrap_or(Money::MOST));
        let total = spent.checked_add(price).filter(|total| *total <= budget);
        self.spent = Some(total.ok_or(Refusal::Spent { price, spent, budget })?);
        Ok(())
    }

    /// Replaces a question's price, if it had one, by what its answer cost; gives what counts, never more than the price.
    pub(super) fn settle(&mut self, price: Option<Money>, cost: Money) -> Money {
        let counted = price.map_or(cost, |price| cost.min(price));
        let others = self.spent.unwrap_or_default().saturating_sub(price.unwrap_or_default());
        self.spent = Some(others.checked_add(counted).unwrap_or(Money::MOST));
        counted
    }
}

//! Questions and what they mean.

mod anchors;
mod campus;
mod claims;
mod denials;
mod filters;
mod follow_ups;
mod going_on;
mod hospital;
mod hours;
mod laws;
mod left_out;
mod lists;
mod mall;
mod phrasings;
mod plant;
mod rankings;
mod references;
mod school;
mod sites;
mod station;
mod stays;
mod thresholds;
mod time_words;
mod warehouse;
mod yard;

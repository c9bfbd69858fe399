//! Starts the servers that the service can work with, prints the settings for them, and ends them at
//! Ctrl-C.
#![expect(clippy::print_stdout, reason = "it is a command")]

use eps_testkit::servers::{
    mosquitto::MosquittoServer,
    redis::RedisServer,
    seaweedfs::{ACCESS_KEY, BUCKET, SECRET_KEY, SeaweedFsServer},
    weaviate::{API_KEY, WeaviateServer},
};

#[tokio::main]
async fn main() {
    let redis = RedisServer::start();
    if let Some(redis) = &redis {
        println!("REDIS_URL={}", redis.url());
    }
    let weaviate = WeaviateServer::start();
    if let Some(weaviate) = &weaviate {
        println!("WEAVIATE_URL={}", weaviate.url());
        println!("WEAVIATE_API_KEY={API_KEY}");
    }
    let mosquitto = MosquittoServer::start();
    if let Some(mosquitto) = &mosquitto {
        println!("MQTT_URL={}", mosquitto.url());
    }
    let seaweedfs = SeaweedFsServer::start();
    if let Some(seaweedfs) = &seaweedfs {
        println!("S3_ENDPOINT={}", seaweedfs.url());
        println!("S3_BUCKET={BUCKET}");
        println!("S3_ACCESS_KEY_ID={ACCESS_KEY}");
        println!("S3_SECRET_ACCESS_KEY={SECRET_KEY}");
    }
    println!("# until Ctrl-C");
    // Without a signal handler there is nothing to wait for.
    let _ = tokio::signal::ctrl_c().await;
}

/** What clients print, without what differs from release to release: librdkafka's functions and lines, kafkajs's JSON. */
export const asPrinted = (text: string): string => text.replaceAll('\\"', '"').replace(/ \(rd_kafka_\w+:\d+\)/g, '')

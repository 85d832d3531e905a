export { startNativeKafka, type KafkaServer } from './native-kafka';
export { installRedis, startNativeRedis, type RedisServer } from './native-redis';
export { freePorts, type Server } from './server';

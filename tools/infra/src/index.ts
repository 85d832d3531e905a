export { freePorts } from './free-ports';
export { guard } from './guard';
export { startNativeKafka } from './native-kafka';
export { installRedis } from './native-redis';
export { endProgram, readJson, ROOT, runCommand, runProgram, type Program } from './programs';
export { type PostgresServer } from './postgres';
export { type Server } from './server';
export { startKafka, startPostgres, startRedis, type KafkaServer, type RedisServer, type ServerOptions } from './start';

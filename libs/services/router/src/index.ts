export { RouterHttpModule, RouterWorkerModule } from './router.module';

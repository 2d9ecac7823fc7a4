import { defineConfig } from 'vite';

/** Globals that the Mattermost webapp puts on `window`; bundling a second copy of them would break hooks and contexts. */
const HOST_GLOBALS = {
  react: 'React',
  'react-dom': 'ReactDOM',
  redux: 'Redux',
  'react-redux': 'ReactRedux',
  'react-intl': 'ReactIntl',
};

export default defineConfig({
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  oxc: { jsx: { runtime: 'classic' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    reportCompressedSize: true,
    lib: { entry: 'src/index.tsx', formats: ['iife'], name: 'msteamsConnect', fileName: () => 'main.js' },
    rollupOptions: { external: Object.keys(HOST_GLOBALS), output: { globals: HOST_GLOBALS } },
  },
});

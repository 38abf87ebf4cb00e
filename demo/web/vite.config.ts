import { defineConfig } from 'vite';

// A running `carillon --dev` answers what the page asks for while `npm run dev` serves the page itself.
const server = 'http://localhost:8000';

export default defineConfig({
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // Every asset is a file of its own: the Content-Security-Policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  server: {
    proxy: {
      '/api': server,
      '/demo': server,
      '/connection': { target: server, ws: true },
    },
  },
});

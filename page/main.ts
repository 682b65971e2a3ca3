import { mount } from 'svelte'
import App from './App.svelte'
import { follow } from './state.svelte.ts'
import './page.css'

// The token is in a cookie by now: it does not stay in the address, which is copied and shown.
if (new URLSearchParams(location.search).has('token'))
  history.replaceState(null, '', `${location.pathname}${location.hash}`)
follow()
mount(App, { target: document.body })

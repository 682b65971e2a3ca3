// What is near the window.

import type { Action } from 'svelte/action'

const told = new WeakMap<Element, (near: boolean) => void>()
const observer = new IntersectionObserver(
  entries => {
    for (const { target, isIntersecting } of entries) told.get(target)?.(isIntersecting)
  },
  { rootMargin: '600px 300px' },
)

/** Tells whether an element is near the window, whenever that changes. */
export const near: Action<Element, (near: boolean) => void> = (node, tell) => {
  told.set(node, tell)
  observer.observe(node)
  return { destroy: () => observer.unobserve(node) }
}

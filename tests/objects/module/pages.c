// SPDX-License-Identifier: GPL-2.0
/* Pages, areas of vmalloc(), memory for devices, static and local objects. */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "objects.h"

static void page_right(void)
{
	u8 *p = (u8 *)__get_free_pages(GFP_KERNEL, 2);

	STORE(p + hidden(PAGE_SIZE << 2));
	free_pages((unsigned long)p, 2);
}

static void page_left(void)
{
	u8 *p = (u8 *)__get_free_page(GFP_KERNEL);

	STORE(p - hidden(1));
	free_page((unsigned long)p);
}

static void page_free(void)
{
	u8 *p = (u8 *)__get_free_pages(GFP_KERNEL, 2);

	free_pages(hidden((unsigned long)p), 2);
	STORE(p);
}

static void page_free_index(void)
{
	u8 *p = (u8 *)__get_free_pages(GFP_KERNEL, 2);

	free_pages(hidden((unsigned long)p), 2);
	STORE(p + hidden(100));
}

static void page_free_memset(void)
{
	u8 *p = (u8 *)__get_free_page(GFP_KERNEL);

	free_page(hidden((unsigned long)p));
	memset(p, 0, hidden(PAGE_SIZE));
}

static void page_free_twice(void)
{
	unsigned long p = __get_free_page(GFP_KERNEL);

	free_page(hidden(p));
	free_page(hidden(p));
}

static void page_free_as_slab(void)
{
	u8 *p = (u8 *)__get_free_page(GFP_KERNEL);

	kfree(hidden(p) + 16);
	free_page((unsigned long)p);
}

static void page_memset_too_long(void)
{
	u8 *p = (u8 *)__get_free_page(GFP_KERNEL);

	memset(p, 0, hidden(PAGE_SIZE + 8));
	free_page((unsigned long)p);
}

static void exact_right(void)
{
	u8 *p = alloc_pages_exact(3 * PAGE_SIZE, GFP_KERNEL);

	STORE(p + hidden(3 * PAGE_SIZE));
	free_pages_exact(p, 3 * PAGE_SIZE);
}

static void exact_right_in_page(void)
{
	u8 *p = alloc_pages_exact(3 * PAGE_SIZE - 100, GFP_KERNEL);

	STORE(p + hidden(3 * PAGE_SIZE - 100));
	free_pages_exact(p, 3 * PAGE_SIZE - 100);
}

static void vmalloc_right(void)
{
	u8 *p = vmalloc(PAGE_SIZE / 2 - 5);

	STORE(p + PAGE_SIZE / 2 - 5);
	vfree(p);
}

static void vmalloc_right_index(void)
{
	u8 *p = vmalloc(PAGE_SIZE / 2 - 5);

	STORE(p + hidden(PAGE_SIZE / 2));
	vfree(p);
}

static void vmalloc_right_of_pages(void)
{
	u8 *p = vmalloc(PAGE_SIZE);

	STORE(p + hidden(PAGE_SIZE));
	vfree(p);
}

static void vmalloc_memset(void)
{
	u8 *p = vmalloc(1000);

	memset(p, 0, hidden(1001));
	vfree(p);
}

static void vmalloc_left(void)
{
	u8 *p = vmalloc(1000);

	LOAD(p - hidden(8));
	vfree(p);
}

static void vmalloc_free(void)
{
	u8 *p = vmalloc(1000);

	vfree(hidden(p));
	LOAD(p);
}

static void vmalloc_free_twice(void)
{
	u8 *p = vmalloc(1000);

	vfree(hidden(p));
	vfree(hidden(p));
}

static void vmalloc_free_shifted(void)
{
	u8 *p = vmalloc(1000);

	vfree(hidden(p) + 16);
	vfree(p);
}

static void vmap_right(void)
{
	struct page *pages[2] = { alloc_page(GFP_KERNEL), alloc_page(GFP_KERNEL) };
	u8 *p = vmap(pages, 2, VM_MAP, PAGE_KERNEL);

	STORE(p + hidden(2 * PAGE_SIZE));
	vunmap(p);
	__free_page(pages[0]);
	__free_page(pages[1]);
}

static void vmap_unmapped(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	u8 *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	LOAD(p);
	vunmap(hidden(p));
	LOAD(p);
	__free_page(page);
}

static void kvmalloc_right(void)
{
	u8 *p = kvmalloc(100000, GFP_KERNEL);

	STORE(p + 100000);
	kvfree(p);
}

static void kvmalloc_right_index(void)
{
	u8 *p = kvmalloc(100000, GFP_KERNEL);

	STORE(p + hidden(100000));
	kvfree(p);
}

/* Managed by a device, and for it. */
static struct platform_device *device(void)
{
	struct platform_device *pdev = platform_device_register_simple("objects", PLATFORM_DEVID_AUTO, NULL, 0);

	if (!IS_ERR(pdev))
		dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	return pdev;
}

static void devm_right(void)
{
	struct platform_device *pdev = device();
	u8 *p = devm_kmalloc(&pdev->dev, SZ_64 - 3, GFP_KERNEL);

	STORE(p + SZ_64 - 3);
	platform_device_unregister(pdev);
}

static void devm_right_index(void)
{
	struct platform_device *pdev = device();
	u8 *p = devm_kmalloc(&pdev->dev, 100, GFP_KERNEL);

	STORE(p + hidden(300));
	platform_device_unregister(pdev);
}

static void dma_right(void)
{
	struct platform_device *pdev = device();
	dma_addr_t dma;
	u8 *p = dma_alloc_coherent(&pdev->dev, 1000, &dma, GFP_KERNEL);

	STORE(p + 1000);
	dma_free_coherent(&pdev->dev, 1000, p, dma);
	platform_device_unregister(pdev);
}

static void dma_right_index(void)
{
	struct platform_device *pdev = device();
	dma_addr_t dma;
	u8 *p = dma_alloc_coherent(&pdev->dev, 4096, &dma, GFP_KERNEL);

	STORE(p + hidden(4096));
	dma_free_coherent(&pdev->dev, 4096, p, dma);
	platform_device_unregister(pdev);
}

static void dma_free(void)
{
	struct platform_device *pdev = device();
	dma_addr_t dma;
	u8 *p = dma_alloc_coherent(&pdev->dev, 4096, &dma, GFP_KERNEL);

	dma_free_coherent(&pdev->dev, 4096, hidden(p), dma);
	STORE(p);
	platform_device_unregister(pdev);
}

static void skb_right(void)
{
	struct sk_buff *skb = alloc_skb(1000, GFP_KERNEL);

	STORE(skb->head + hidden(8192));
	kfree_skb(skb);
}

static void skb_free(void)
{
	struct sk_buff *skb = alloc_skb(1000, GFP_KERNEL);

	kfree_skb(hidden(skb));
	WRITE_ONCE(skb->len, 1);
}

static void skb_data_free(void)
{
	struct sk_buff *skb = alloc_skb(1000, GFP_KERNEL);
	u8 *data = skb->data;

	kfree_skb(hidden(skb));
	STORE(data);
}

static u8 before[16];
static u8 global[10];
static u8 behind[16];

static void global_right(void)
{
	before[0] = behind[0] = 1;
	STORE(&global[hidden(10)]);
}

static void global_left(void)
{
	LOAD(&global[hidden(-1L)]);
}

static void global_memset(void)
{
	memset(global, 0, hidden(11));
}

static noinline void store_at(u8 *p, unsigned long i)
{
	STORE(p + i);
}

static void global_by_pointer(void)
{
	store_at(global, hidden(10));
}

static void local_right(void)
{
	u8 local[10] = { };

	OPTIMIZER_HIDE_VAR(local[0]);
	STORE(&local[hidden(10)]);
}

static void local_left(void)
{
	u8 local[10] = { };

	OPTIMIZER_HIDE_VAR(local[0]);
	LOAD(&local[hidden(-1L)]);
}

static void local_memset(void)
{
	u8 local[10] = { };

	memset(local, 0, hidden(11));
	OPTIMIZER_HIDE_VAR(local[0]);
}

const struct bug page_bugs[] = {
	BUG_BY_INDEX("page", page_right),
	BUG_BY_INDEX("page", page_left),
	BUG_BY_FIELD("page", page_free),
	BUG_BY_INDEX("page", page_free_index),
	BUG_BY_INDEX("page", page_free_memset),
	BUG_BY_FIELD("page", page_free_twice),
	BUG_BY_FIELD("page", page_free_as_slab),
	BUG_BY_INDEX("page", page_memset_too_long),
	BUG_BY_INDEX("page", exact_right),
	BUG_BY_INDEX("page", exact_right_in_page),
	BUG_BY_FIELD("vmalloc", vmalloc_right),
	BUG_BY_INDEX("vmalloc", vmalloc_right_index),
	BUG_BY_INDEX("vmalloc", vmalloc_right_of_pages),
	BUG_BY_INDEX("vmalloc", vmalloc_memset),
	BUG_BY_INDEX("vmalloc", vmalloc_left),
	BUG_BY_FIELD("vmalloc", vmalloc_free),
	BUG_BY_FIELD("vmalloc", vmalloc_free_twice),
	BUG_BY_FIELD("vmalloc", vmalloc_free_shifted),
	BUG_BY_INDEX("vmalloc", vmap_right),
	BUG_BY_FIELD("vmalloc", vmap_unmapped),
	BUG_BY_FIELD("vmalloc", kvmalloc_right),
	BUG_BY_INDEX("vmalloc", kvmalloc_right_index),
	BUG_BY_FIELD("device", devm_right),
	BUG_BY_INDEX("device", devm_right_index),
	BUG_BY_FIELD("device", dma_right),
	BUG_BY_INDEX("device", dma_right_index),
	BUG_BY_FIELD("device", dma_free),
	BUG_BY_INDEX("packet", skb_right),
	BUG_BY_FIELD("packet", skb_free),
	BUG_BY_FIELD("packet", skb_data_free),
	BUG_BY_INDEX("static", global_right),
	BUG_BY_INDEX("static", global_left),
	BUG_BY_INDEX("static", global_memset),
	BUG_BY_INDEX("static", global_by_pointer),
	BUG_BY_INDEX("stack", local_right),
	BUG_BY_INDEX("stack", local_left),
	BUG_BY_INDEX("stack", local_memset),
	{ }
};

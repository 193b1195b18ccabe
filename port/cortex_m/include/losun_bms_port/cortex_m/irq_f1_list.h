/**
 * @file
 * Interrupts of the F1 map (high density), X(number, name): the handler is called <name>_IRQHandler. From 0,
 * no gaps.
 *
 * This file has no include guard on purpose: define X, include it, and undefine X.
 */
/* clang-format off */
X(0, WWDG) X(1, PVD) X(2, TAMPER) X(3, RTC) X(4, FLASH) X(5, RCC)
X(6, EXTI0) X(7, EXTI1) X(8, EXTI2) X(9, EXTI3) X(10, EXTI4)
X(11, DMA1_Channel1) X(12, DMA1_Channel2) X(13, DMA1_Channel3) X(14, DMA1_Channel4)
X(15, DMA1_Channel5) X(16, DMA1_Channel6) X(17, DMA1_Channel7)
X(18, ADC1_2) X(19, CAN1_TX) X(20, CAN1_RX0) X(21, CAN1_RX1) X(22, CAN1_SCE) X(23, EXTI9_5)
X(24, TIM1_BRK) X(25, TIM1_UP) X(26, TIM1_TRG_COM) X(27, TIM1_CC) X(28, TIM2) X(29, TIM3) X(30, TIM4)
X(31, I2C1_EV) X(32, I2C1_ER) X(33, I2C2_EV) X(34, I2C2_ER) X(35, SPI1) X(36, SPI2)
X(37, USART1) X(38, USART2) X(39, USART3) X(40, EXTI15_10) X(41, RTCAlarm) X(42, USBWakeUp)
X(43, TIM8_BRK) X(44, TIM8_UP) X(45, TIM8_TRG_COM) X(46, TIM8_CC) X(47, ADC3) X(48, FSMC) X(49, SDIO)
X(50, TIM5) X(51, SPI3) X(52, UART4) X(53, UART5) X(54, TIM6) X(55, TIM7)
X(56, DMA2_Channel1) X(57, DMA2_Channel2) X(58, DMA2_Channel3) X(59, DMA2_Channel4_5)
    /* clang-format on */
